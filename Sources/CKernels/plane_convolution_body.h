// Template: see lanes.h; also MAX_ROWS and MAX_BLOCKS, the largest register tile.
#include "lanes.h"
#include "epilogue_body.h"

// ROWS neighbouring pixels of BLOCKS output blocks; both are constants at every call, and so is
// UNIT, whether the stride is 1.
TARGET static inline __attribute__((always_inline)) void NAME(plane_tile)(
    const int ROWS, const int BLOCKS, const int UNIT, const semblance_plane_shape *s,
    const float *source, const float *weights, const semblance_epilogue *e, int64_t block,
    int64_t pixel, int64_t output_pixels, float *out) {
  enum { PARTS = 16 / LANES };
  const int64_t taps = s->kernel * s->kernel, step = UNIT ? 1 : s->stride;
  const int64_t panel = s->plane_count * taps * 16;
  VECTOR sum[MAX_ROWS][MAX_BLOCKS * PARTS];
  UNROLL for (int r = 0; r < ROWS; r++) {
    UNROLL for (int k = 0; k < BLOCKS * PARTS; k++) sum[r][k] = (VECTOR){0};
  }
  for (int64_t plane = 0; plane < s->plane_count; plane++) {
    for (int64_t i = 0; i < s->kernel; i++) {
      const float *row = source + (plane * s->padded_height + i) * s->padded_width;
      const float *w = weights + (plane * taps + i * s->kernel) * 16;
      for (int64_t j = 0; j < s->kernel; j++) {
        VECTOR factor[MAX_BLOCKS * PARTS];
        UNROLL for (int k = 0; k < BLOCKS * PARTS; k++) {
          factor[k] = LOAD(w + k / PARTS * panel + j * 16 + k % PARTS * LANES);
        }
        UNROLL for (int r = 0; r < ROWS; r++) {
          const float value = row[r * step + j];
          UNROLL for (int k = 0; k < BLOCKS * PARTS; k++) sum[r][k] += value * factor[k];
        }
      }
    }
  }
  UNROLL for (int k = 0; k < BLOCKS * PARTS; k++) {
    NAME(epilogue)
    epilogue = NAME(epilogue_of)(e, (block + k / PARTS) * 16 + k % PARTS * LANES, 0);
    float *target = out + ((block + k / PARTS) * output_pixels + pixel) * 16 + k % PARTS * LANES;
    UNROLL for (int r = 0; r < ROWS; r++) {
      STORE(target + r * 16, NAME(finish)(&epilogue, sum[r][k], pixel + r));
    }
  }
}

#define ROW_CASE(rows)                                                                          \
  case rows:                                                                                    \
    if (rows <= MAX_ROWS) {                                                                     \
      NAME(plane_tile)(rows <= MAX_ROWS ? rows : 1, BLOCKS, UNIT, s, source, weights, e, block, \
                       pixel, output_pixels, out);                                              \
    }                                                                                           \
    break;

#define PLANE_TILE(name, blocks, unit)                                                            \
  TARGET static __attribute__((noinline)) void NAME(name)(                                        \
      int64_t rows, const semblance_plane_shape *s, const float *source, const float *weights,    \
      const semblance_epilogue *e, int64_t block, int64_t pixel, int64_t output_pixels,           \
      float *out) {                                                                               \
    enum { BLOCKS = blocks, UNIT = unit };                                                        \
    switch (rows) {                                                                               \
      ROW_CASE(1) ROW_CASE(2) ROW_CASE(3) ROW_CASE(4) ROW_CASE(5) ROW_CASE(6) ROW_CASE(7)         \
      ROW_CASE(8) ROW_CASE(9) ROW_CASE(10) ROW_CASE(11) ROW_CASE(12) ROW_CASE(13) ROW_CASE(14)    \
    }                                                                                             \
  }
PLANE_TILE(single_dense, 1, 1)
PLANE_TILE(single_strided, 1, 0)
#if MAX_BLOCKS == 2
PLANE_TILE(double_dense, 2, 1)
PLANE_TILE(double_strided, 2, 0)
#endif

TARGET static void NAME(plane_convolution)(const semblance_plane_shape *s, const float *weights,
                                           const semblance_epilogue *e, int64_t output_pixels,
                                           int64_t block_begin, int64_t block_end, int64_t begin,
                                           int64_t end, float *out) {
  const int64_t panel = s->plane_count * s->kernel * s->kernel * 16;
  const int64_t groups = (s->output_width + MAX_ROWS - 1) / MAX_ROWS;
  for (int64_t y = begin; y < end; y++) {
    for (int64_t group = 0; group < groups; group++) {
      const int64_t x = group * s->output_width / groups;
      const int64_t rows = (group + 1) * s->output_width / groups - x;
      const float *source = s->planes + y * s->stride * s->padded_width + x * s->stride;
      for (int64_t block = block_begin; block < block_end;) {
        const float *w = weights + block * panel;
        const int64_t pixel = y * s->output_width + x;
#if MAX_BLOCKS == 2
        if (block + 2 <= block_end) {
          if (s->stride == 1) {
            NAME(double_dense)(rows, s, source, w, e, block, pixel, output_pixels, out);
          } else {
            NAME(double_strided)(rows, s, source, w, e, block, pixel, output_pixels, out);
          }
          block += 2;
          continue;
        }
#endif
        if (s->stride == 1) {
          NAME(single_dense)(rows, s, source, w, e, block, pixel, output_pixels, out);
        } else {
          NAME(single_strided)(rows, s, source, w, e, block, pixel, output_pixels, out);
        }
        block++;
      }
    }
  }
}
#undef PLANE_TILE
#undef ROW_CASE
