// Template: see lanes.h and winograd_tiles.h.
#include "lanes.h"
#include "copy_window.h"
#include "winograd_tiles.h"

// Writes the gradient with respect to the convolution's result to `window`; adds the sums over the
// TILE_M x TILE_M pixels that belong to this tile.
TARGET static inline __attribute__((always_inline)) void NAME(gradient_window)(
    const semblance_winograd_input_shape *s, int64_t block, int64_t y0, int64_t x0, float *window,
    VECTOR *sums) {
  const semblance_epilogue_gradient *e = s->gradient;
  const int64_t plane = block * s->height * s->width * 16;
  enum { PARTS = 16 / LANES };
  VECTOR above[PARTS], below[PARTS], zero = {0};
  UNROLL for (int part = 0; part < PARTS; part++) {
    above[part] = e->scale ? LOAD(e->scale + block * 16 + part * LANES) : zero + 1.0f;
    below[part] = above[part] * e->slope;
  }
  const VECTOR limit = zero + e->clamp;
  for (int i = 0; i < TILE; i++) {
    for (int j = 0; j < TILE; j++) {
      float *target = window + (i * TILE + j) * 16;
      const int64_t y = y0 + i, x = x0 + j;
      if (y < 0 || y >= s->height || x < 0 || x >= s->width) {
        UNROLL for (int lane = 0; lane < 16; lane += LANES) STORE(target + lane, zero);
        continue;
      }
      const int64_t pixel = y * s->width + x;
      const int mine = i >= 1 && i <= TILE_M && j >= 1 && j <= TILE_M;
      const float noise = e->noise && mine ? e->noise[pixel] : 0;
      UNROLL for (int part = 0; part < PARTS; part++) {
        const VECTOR dy = LOAD(s->x + plane + pixel * 16 + part * LANES);
        const VECTOR out = LOAD(e->y + plane + pixel * 16 + part * LANES);
        const VECTOR h = (out < limit & out > -limit) ? dy : zero;
        const VECTOR dz = h * (out > zero ? above[part] : below[part]);
        STORE(target + part * LANES, dz);
        if (mine) {
          sums[part] += h * out;
          sums[PARTS + part] += dz;
          sums[2 * PARTS + part] += dz * noise;
        }
      }
    }
  }
}

TARGET static inline __attribute__((always_inline)) void NAME(transform_window)(
    const float *window, int64_t row_stride, const VECTOR factor, float *v,
    int64_t position_stride) {
  UNROLL for (int half = 0; half < HALVES; half++) {
    VECTOR rows[GROUP][TILE];
    UNROLL for (int j = 0; j < TILE; j++) {
      VECTOR d[TILE], t[GROUP];
      UNROLL for (int i = 0; i < TILE; i++) d[i] = LOAD(window + i * row_stride + j * 16);
      NAME(to_points)(half, d, t);
      UNROLL for (int i = 0; i < GROUP; i++) rows[i][j] = t[i] * factor;
    }
    UNROLL for (int i = 0; i < GROUP; i++) {
      float *target = v + (half * GROUP + i) * TILE * position_stride;
      UNROLL for (int part = 0; part < HALVES; part++) {
        VECTOR t[GROUP];
        NAME(to_points)(part, rows[i], t);
        UNROLL for (int j = 0; j < GROUP; j++) {
          STORE(target + (part * GROUP + j) * position_stride, t[j]);
        }
      }
    }
  }
}

TARGET static void NAME(winograd_input)(const semblance_winograd_input_shape *s, int64_t begin,
                                        int64_t end, float *v, int64_t position_stride,
                                        int64_t block_stride, float *sums) {
  float window[TILE * TILE * 16] __attribute__((aligned(64)));
  const int64_t tiles_across = (s->width + TILE_M - 1) / TILE_M;
  const int64_t row_stride = s->width * 16;
  enum { PARTS = 16 / LANES };
  for (int64_t block = 0; block < s->blocks; block++) {
    const float *plane = s->x + block * s->height * row_stride;
    VECTOR total[3 * PARTS] = {{0}};
    int64_t across = begin % tiles_across, down = begin / tiles_across;
    for (int64_t tile = begin; tile < end; tile++) {
      const int64_t y = down * TILE_M - 1, x = across * TILE_M - 1;
      const float *source = plane + y * row_stride + x * 16;
      int64_t stride = row_stride;
      if (s->gradient) {
        NAME(gradient_window)(s, block, y, x, window, total);
        source = window;
        stride = TILE * 16;
      } else if (y < 0 || x < 0 || y + TILE > s->height || x + TILE > s->width) {
        NAME(copy_window)(plane, s->height, s->width, y, x, TILE, window);
        source = window;
        stride = TILE * 16;
      }
      float *target = v + block * block_stride + (tile - begin) * 16;
      UNROLL for (int lane = 0; lane < 16; lane += LANES) {
        const VECTOR factor =
            s->scale && !s->gradient ? LOAD(s->scale + block * 16 + lane) : (VECTOR){0} + 1.0f;
        NAME(transform_window)(source + lane, stride, factor, target + lane, position_stride);
      }
      if (++across == tiles_across) {
        across = 0;
        down++;
      }
    }
    if (sums) {
      for (int sum = 0; sum < 3; sum++) {
        UNROLL for (int part = 0; part < PARTS; part++) {
          STORE(sums + (sum * s->blocks + block) * 16 + part * LANES, total[sum * PARTS + part]);
        }
      }
    }
  }
}
