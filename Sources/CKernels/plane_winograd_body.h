// Template: see lanes.h; TILE_M is 4.
#include "lanes.h"
#include "epilogue_body.h"
#include "winograd_tiles.h"

// One tile of one block of outputs. PLANES and SIMPLE are constants at every call; SIMPLE says that
// the epilogue is a bias and a leaky ReLU with a slope from 0 to 1.
TARGET static inline __attribute__((always_inline)) void NAME(plane_winograd_tile)(
    const int PLANES, const int SIMPLE, const semblance_plane_winograd_shape *s,
    const float *points, const float *weights, const NAME(epilogue) * e, int64_t y0, int64_t x0,
    float *out) {
  VECTOR columns[TILE_M][TILE];
  UNROLL for (int j = 0; j < TILE; j++) {
    VECTOR m[TILE], t[TILE_M];
    UNROLL for (int i = 0; i < TILE; i++) {
      const int position = i * TILE + j;
      m[i] = points[position * 4] * LOAD(weights + position * PLANES * 16);
      UNROLL for (int plane = 1; plane < PLANES; plane++) {
        m[i] += points[position * 4 + plane] * LOAD(weights + (position * PLANES + plane) * 16);
      }
    }
    NAME(from_points)(m, t);
    UNROLL for (int i = 0; i < TILE_M; i++) columns[i][j] = t[i];
    // One column after the other: interleaved, they do not fit into the registers.
    __asm__ volatile("" ::: "memory");
  }
  const int whole = y0 + TILE_M <= s->height && x0 + TILE_M <= s->width;
  NAME(epilogue) epilogue = *e;
  UNROLL for (int i = 0; i < TILE_M; i++) {
    VECTOR z[TILE_M];
    NAME(from_points)(columns[i], z);
    UNROLL for (int j = 0; j < TILE_M; j++) {
      if (whole || (y0 + i < s->height && x0 + j < s->width)) {
        const int64_t pixel = (y0 + i) * s->width + x0 + j;
        if (SIMPLE) {
          const VECTOR value = z[j] + epilogue.bias;
          const VECTOR below = value * epilogue.slope;
          STORE(out + pixel * 16, value > below ? value : below);
        } else {
          STORE(out + pixel * 16, NAME(finish)(&epilogue, z[j], pixel));
        }
      }
    }
  }
}

TARGET static inline __attribute__((always_inline)) void NAME(plane_winograd_rows)(
    const int PLANES, const semblance_plane_winograd_shape *s, const float *weights,
    const semblance_epilogue *e, int64_t blocks, int64_t begin, int64_t end, float *out) {
  // Some tiles at a time, so that one block's weights stay in the first-level cache for all of them.
  enum { TILES_AT_ONCE = 32, POINTS = TILE * TILE * 4 };
  float points[TILES_AT_ONCE * POINTS] __attribute__((aligned(64)));
  const int simple = e->gain == 1 && !e->scale && !e->noise && e->slope >= 0 && e->slope <= 1 &&
                     e->clamp == __builtin_inff();
  const int64_t tiles_across = (s->width + TILE_M - 1) / TILE_M;
  const int64_t row_stride = (tiles_across * TILE_M + 2) * 4;
  const int64_t plane_stride = s->height * s->width * 16;
  for (int64_t down = begin; down < end; down++) {
    for (int64_t first = 0; first < tiles_across; first += TILES_AT_ONCE) {
      const int64_t count = tiles_across - first < TILES_AT_ONCE ? tiles_across - first : TILES_AT_ONCE;
      const float *window = s->padded + down * TILE_M * row_stride + first * TILE_M * 4;
      for (int64_t tile = 0; tile < count; tile++) {
        plane_points(window + tile * TILE_M * 4, row_stride, points + tile * POINTS);
      }
      for (int64_t block = 0; block < blocks; block++) {
        UNROLL for (int lane = 0; lane < 16; lane += LANES) {
          const NAME(epilogue) epilogue = NAME(epilogue_of)(e, block * 16 + lane, 0);
          const float *w = weights + block * TILE * TILE * PLANES * 16 + lane;
          float *target = out + block * plane_stride + lane;
          for (int64_t tile = 0; tile < count; tile++) {
            const int64_t y = down * TILE_M, x = (first + tile) * TILE_M;
            const float *u = points + tile * POINTS;
            if (simple) {
              NAME(plane_winograd_tile)(PLANES, 1, s, u, w, &epilogue, y, x, target);
            } else {
              NAME(plane_winograd_tile)(PLANES, 0, s, u, w, &epilogue, y, x, target);
            }
          }
        }
      }
    }
  }
}

TARGET static void NAME(plane_winograd)(const semblance_plane_winograd_shape *s,
                                        const float *weights, const semblance_epilogue *e,
                                        int64_t blocks, int64_t begin, int64_t end, float *out) {
  switch (s->planes) {
    case 1: NAME(plane_winograd_rows)(1, s, weights, e, blocks, begin, end, out); break;
    case 2: NAME(plane_winograd_rows)(2, s, weights, e, blocks, begin, end, out); break;
    case 3: NAME(plane_winograd_rows)(3, s, weights, e, blocks, begin, end, out); break;
    case 4: NAME(plane_winograd_rows)(4, s, weights, e, blocks, begin, end, out); break;
  }
}
