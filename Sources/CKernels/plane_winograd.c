#include "planes.h"

#include <string.h>

#include "isa_dispatch.h"

// The transform of the planes works on the planes of one pixel at a time, in 128-bit vectors.
#define LANES 4
#define TILE_M 4
#define TARGET
#define NAME(x) x##_of_planes
#include "lanes.h"
#include "winograd_tiles.h"

// B^T d B of the 6x6 pixels, four planes each, from `window`, to points[position][4].
static inline __attribute__((always_inline)) void plane_points(const float *window,
                                                               int64_t row_stride, float *points) {
  VECTOR rows[6][6];
  UNROLL for (int j = 0; j < 6; j++) {
    VECTOR d[6], t[6];
    UNROLL for (int i = 0; i < 6; i++) d[i] = LOAD(window + i * row_stride + j * 4);
    to_points_of_planes(0, d, t);
    to_points_of_planes(1, d, t + 3);
    UNROLL for (int i = 0; i < 6; i++) rows[i][j] = t[i];
  }
  UNROLL for (int i = 0; i < 6; i++) {
    VECTOR t[6];
    to_points_of_planes(0, rows[i], t);
    to_points_of_planes(1, rows[i], t + 3);
    UNROLL for (int j = 0; j < 6; j++) STORE(points + (i * 6 + j) * 4, t[j]);
  }
}
#undef NAME
#undef TARGET
#undef LANES

#define LEVEL_JOIN(name, level) name##_##level
#if defined(__x86_64__)
#define LANES 16
#define TARGET SEMBLANCE_TARGET_AVX512
#define NAME(x) LEVEL_JOIN(x, avx512)
#include "plane_winograd_body.h"
#undef LANES
#undef TARGET
#undef NAME
#define LANES 8
#define TARGET SEMBLANCE_TARGET_AVX2
#define NAME(x) LEVEL_JOIN(x, avx2)
#include "plane_winograd_body.h"
#undef LANES
#undef TARGET
#undef NAME
#endif
#define LANES 4
#define TARGET
#define NAME(x) LEVEL_JOIN(x, portable)
#include "plane_winograd_body.h"

void semblance_plane_winograd(const semblance_plane_winograd_shape *shape, const float *weights,
                              const semblance_epilogue *epilogue, int64_t blocks, int64_t begin,
                              int64_t end, float *out) {
#if defined(__x86_64__)
  switch (semblance_isa_in_force()) {
    case SEMBLANCE_ISA_AVX512:
      plane_winograd_avx512(shape, weights, epilogue, blocks, begin, end, out);
      return;
    case SEMBLANCE_ISA_AVX2:
      plane_winograd_avx2(shape, weights, epilogue, blocks, begin, end, out);
      return;
  }
#endif
  plane_winograd_portable(shape, weights, epilogue, blocks, begin, end, out);
}

void semblance_interleave_planes(const float *planes, int64_t count, int64_t height, int64_t width,
                                 int64_t padded_width, int64_t begin, int64_t end, float *padded) {
  for (int64_t y = begin; y < end; y++) {
    float *row = padded + y * padded_width * 4;
    memset(row, 0, (size_t)(padded_width * 4) * sizeof(float));
    if (y == 0 || y > height) continue;
    for (int64_t plane = 0; plane < count; plane++) {
      const float *source = planes + (plane * height + y - 1) * width;
      for (int64_t x = 0; x < width; x++) row[(x + 1) * 4 + plane] = source[x];
    }
  }
}

void semblance_plane_winograd_weights(const float *panels, int64_t blocks, int64_t planes,
                                      float *packed) {
  for (int64_t block = 0; block < blocks; block++) {
    for (int64_t position = 0; position < 36; position++) {
      memcpy(packed + (block * 36 + position) * planes * 16,
             panels + (position * blocks + block) * 256, (size_t)(planes * 16) * sizeof(float));
    }
  }
}
