// Template: see lanes.h; also MAX_ROWS and MAX_BLOCKS, the largest register tile.
#include "lanes.h"

// Without fused multiply-adds products are rounded before they are added: then the 16 products of a
// block are summed first, which makes up for it.
#undef SUMS_BLOCKS
#define SUMS_BLOCKS (LANES == 4)

// One register tile: ROWS x BLOCKS * 16 results. ROWS and BLOCKS are constants at every call.
TARGET static inline __attribute__((always_inline)) void NAME(register_tile)(
    const int ROWS, const int BLOCKS, const semblance_panel_operands *o, const float *a,
    const float *b, float *out) {
  enum { PARTS = 16 / LANES };
  VECTOR sum[MAX_ROWS][MAX_BLOCKS * PARTS];
  UNROLL for (int r = 0; r < ROWS; r++) {
    UNROLL for (int k = 0; k < BLOCKS; k++) {
      UNROLL for (int part = 0; part < PARTS; part++) {
        sum[r][k * PARTS + part] =
            o->accumulate ? LOAD(out + k * o->out_block_stride + r * 16 + part * LANES)
                          : (VECTOR){0};
      }
    }
  }
  const int64_t a_stride = o->a_block_stride, b_stride = o->b_block_stride;
  for (int64_t block = 0; block < o->depth_blocks; block++) {
#if SUMS_BLOCKS
    VECTOR total[MAX_ROWS][MAX_BLOCKS * PARTS];
    UNROLL for (int r = 0; r < ROWS; r++) {
      UNROLL for (int k = 0; k < BLOCKS * PARTS; k++) {
        total[r][k] = sum[r][k];
        sum[r][k] = (VECTOR){0};
      }
    }
#endif
    _Pragma("clang loop unroll_count(4)") for (int c = 0; c < 16; c++) {
      VECTOR weights[MAX_BLOCKS * PARTS];
      UNROLL for (int k = 0; k < BLOCKS; k++) {
        UNROLL for (int part = 0; part < PARTS; part++) {
          weights[k * PARTS + part] = LOAD(b + k * b_stride + c * 16 + part * LANES);
        }
      }
      UNROLL for (int r = 0; r < ROWS; r++) {
        const float value = a[r * 16 + c];
        UNROLL for (int k = 0; k < BLOCKS * PARTS; k++) { sum[r][k] += value * weights[k]; }
      }
    }
#if SUMS_BLOCKS
    UNROLL for (int r = 0; r < ROWS; r++) {
      UNROLL for (int k = 0; k < BLOCKS * PARTS; k++) { sum[r][k] += total[r][k]; }
    }
#endif
    a += a_stride;
    b += 256;
  }
  UNROLL for (int r = 0; r < ROWS; r++) {
    UNROLL for (int k = 0; k < BLOCKS; k++) {
      UNROLL for (int part = 0; part < PARTS; part++) {
        STORE(out + k * o->out_block_stride + r * 16 + part * LANES, sum[r][k * PARTS + part]);
      }
    }
  }
}

#define ROW_CASE(rows)                                                             \
  case rows:                                                                       \
    if (rows <= MAX_ROWS) NAME(register_tile)(rows <= MAX_ROWS ? rows : 1, BLOCKS, o, a, b, out); \
    break;

#define TILE_OF(name, blocks)                                                              \
  TARGET static __attribute__((noinline)) void NAME(name)(                                 \
      int64_t rows, const semblance_panel_operands *o, const float *a, const float *b,     \
      float *out) {                                                                        \
    enum { BLOCKS = blocks };                                                              \
    switch (rows) {                                                                        \
      ROW_CASE(1) ROW_CASE(2) ROW_CASE(3) ROW_CASE(4) ROW_CASE(5) ROW_CASE(6) ROW_CASE(7)  \
      ROW_CASE(8) ROW_CASE(9) ROW_CASE(10) ROW_CASE(11) ROW_CASE(12) ROW_CASE(13)          \
      ROW_CASE(14)                                                                         \
    }                                                                                      \
  }
TILE_OF(single_block_tile, 1)
#if MAX_BLOCKS == 2
TILE_OF(double_block_tile, 2)
#endif

TARGET static void NAME(panel_product)(const semblance_panel_operands *o) {
  const int64_t row_groups = (o->rows + MAX_ROWS - 1) / MAX_ROWS;
  for (int64_t k = 0; k < o->out_blocks;) {
    const int64_t blocks = o->out_blocks - k >= MAX_BLOCKS ? MAX_BLOCKS : 1;
    const float *b = o->b + k * o->b_block_stride;
    for (int64_t group = 0; group < row_groups; group++) {
      const int64_t row = group * o->rows / row_groups;
      const int64_t rows = (group + 1) * o->rows / row_groups - row;
      const float *a = o->a + row * 16;
      float *out = o->out + k * o->out_block_stride + row * 16;
#if MAX_BLOCKS == 2
      if (blocks == 2) {
        NAME(double_block_tile)(rows, o, a, b, out);
        continue;
      }
#endif
      NAME(single_block_tile)(rows, o, a, b, out);
    }
    k += blocks;
  }
}
#undef TILE_OF
#undef ROW_CASE
