// Template: see lanes.h and winograd_tiles.h.
#include "lanes.h"
#include "copy_window.h"
#include "winograd_tiles.h"

// What the gradient's reading needs, in registers.
typedef struct {
  const float *dy, *y, *noise;  // one block's planes, the noise plane or null
  VECTOR above[16 / LANES], limit;
  float slope;
} NAME(slopes);

// One pixel's gradient with respect to the convolution's result, to `target`; with `counts` (a
// constant) the sums too.
TARGET static inline __attribute__((always_inline)) void NAME(gradient_pixel)(
    const NAME(slopes) * e, int64_t pixel, const int counts, const int noisy, float *target,
    VECTOR *sums) {
  enum { PARTS = 16 / LANES };
  const VECTOR zero = {0};
  const VECTOR noise = counts && noisy ? zero + e->noise[pixel] : zero;
  UNROLL for (int part = 0; part < PARTS; part++) {
    const VECTOR dy = LOAD(e->dy + pixel * 16 + part * LANES);
    const VECTOR out = LOAD(e->y + pixel * 16 + part * LANES);
    const VECTOR h = __builtin_elementwise_abs(out) < e->limit ? dy : zero;
    const VECTOR scaled = h * e->above[part];
    const VECTOR dz = out > zero ? scaled : scaled * e->slope;
    STORE(target + part * LANES, dz);
    if (counts) {
      sums[part] += h * out;
      sums[PARTS + part] += dz;
      if (noisy) sums[2 * PARTS + part] += dz * noise;
    }
  }
}

#define MINE(i, j) ((i) >= 1 && (i) <= TILE_M && (j) >= 1 && (j) <= TILE_M)

// All TILE x TILE pixels of a tile that lies inside the image.
TARGET static inline __attribute__((always_inline)) void NAME(inner_gradients)(
    const NAME(slopes) e, int64_t corner, int64_t width, const int counts, const int noisy,
    float *window, VECTOR *sums) {
  UNROLL for (int i = 0; i < TILE; i++) {
    UNROLL for (int j = 0; j < TILE; j++) {
      NAME(gradient_pixel)(&e, corner + i * width + j, counts && MINE(i, j), noisy,
                           window + (i * TILE + j) * 16, sums);
    }
  }
}

// The gradients of the TILE x TILE pixels from row y0, column x0, to `window` (zeros outside the
// image), and the sums over the TILE_M x TILE_M pixels that belong to this tile.
TARGET static inline __attribute__((always_inline)) void NAME(gradient_window)(
    const NAME(slopes) * e, int64_t height, int64_t width, int64_t y0, int64_t x0, int counts,
    float *window, VECTOR *sums) {
  if (y0 >= 0 && x0 >= 0 && y0 + TILE <= height && x0 + TILE <= width) {
    const int64_t corner = y0 * width + x0;
    if (!counts) {
      NAME(inner_gradients)(*e, corner, width, 0, 0, window, sums);
    } else if (e->noise) {
      NAME(inner_gradients)(*e, corner, width, 1, 1, window, sums);
    } else {
      NAME(inner_gradients)(*e, corner, width, 1, 0, window, sums);
    }
    return;
  }
  for (int i = 0; i < TILE; i++) {
    for (int j = 0; j < TILE; j++) {
      float *target = window + (i * TILE + j) * 16;
      const int64_t y = y0 + i, x = x0 + j;
      if (y < 0 || y >= height || x < 0 || x >= width) {
        UNROLL for (int lane = 0; lane < 16; lane += LANES) STORE(target + lane, (VECTOR){0});
      } else if (counts && MINE(i, j)) {
        NAME(gradient_pixel)(e, y * width + x, 1, e->noise != 0, target, sums);
      } else {
        NAME(gradient_pixel)(e, y * width + x, 0, 0, target, sums);
      }
    }
  }
}
#undef MINE

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
    NAME(slopes) slopes = {0};
    if (s->gradient) {
      const semblance_epilogue_gradient *e = s->gradient;
      slopes.dy = plane;
      slopes.y = e->y + block * s->height * row_stride;
      slopes.noise = e->noise;
      slopes.limit = (VECTOR){0} + e->clamp;
      slopes.slope = e->slope;
      UNROLL for (int part = 0; part < PARTS; part++) {
        slopes.above[part] =
            e->scale ? LOAD(e->scale + block * 16 + part * LANES) : (VECTOR){0} + 1.0f;
      }
    }
    int64_t across = begin % tiles_across, down = begin / tiles_across;
    for (int64_t tile = begin; tile < end; tile++) {
      const int64_t y = down * TILE_M - 1, x = across * TILE_M - 1;
      const float *source = plane + y * row_stride + x * 16;
      int64_t stride = row_stride;
      if (s->gradient) {
        NAME(gradient_window)(&slopes, s->height, s->width, y, x, sums != 0, window, total);
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
