// Template: see lanes.h and winograd_tiles.h.
#include "lanes.h"
#include "epilogue_body.h"
#include "winograd_tiles.h"

// A^T M: the columns of the inverse transform; its rows follow while pixels are stored.
TARGET static inline __attribute__((always_inline)) void NAME(inverse_columns)(
    const float *products, int64_t position_stride, VECTOR columns[TILE_M][TILE]) {
  UNROLL for (int j = 0; j < TILE; j++) {
    VECTOR m[TILE], t[TILE_M];
    UNROLL for (int i = 0; i < TILE; i++) m[i] = LOAD(products + (i * TILE + j) * position_stride);
    NAME(from_points)(m, t);
    UNROLL for (int i = 0; i < TILE_M; i++) columns[i][j] = t[i];
  }
}

TARGET static void NAME(winograd_output)(const semblance_winograd_output_shape *s,
                                         int64_t block_begin, int64_t block_end, int64_t begin,
                                         int64_t end, const float *products,
                                         int64_t position_stride, int64_t block_stride,
                                         float *sums) {
  const int64_t tiles_across = (s->width + TILE_M - 1) / TILE_M;
  for (int64_t block = block_begin; block < block_end; block++) {
    UNROLL for (int lane = 0; lane < 16; lane += LANES) {
      const int64_t plane = block * s->height * s->width * 16 + lane;
      NAME(epilogue)
      epilogue = NAME(epilogue_of)(s->epilogue, block * 16 + lane,
                                   s->weighting ? s->weighting + plane : 0);
      int64_t across = begin % tiles_across, down = begin / tiles_across;
      for (int64_t tile = begin; tile < end; tile++) {
        VECTOR columns[TILE_M][TILE];
        NAME(inverse_columns)(
            products + (block - block_begin) * block_stride + (tile - begin) * 16 + lane,
            position_stride, columns);
        const int64_t y0 = down * TILE_M, x0 = across * TILE_M;
        const int whole = y0 + TILE_M <= s->height && x0 + TILE_M <= s->width;
        UNROLL for (int i = 0; i < TILE_M; i++) {
          VECTOR z[TILE_M];
          NAME(from_points)(columns[i], z);
          UNROLL for (int j = 0; j < TILE_M; j++) {
            if (whole || (y0 + i < s->height && x0 + j < s->width)) {
              const int64_t pixel = (y0 + i) * s->width + x0 + j;
              STORE(s->y + plane + pixel * 16, NAME(finish)(&epilogue, z[j], pixel));
            }
          }
        }
        if (++across == tiles_across) {
          across = 0;
          down++;
        }
      }
      if (s->weighting) STORE(sums + block * 16 + lane, epilogue.total);
    }
  }
}
