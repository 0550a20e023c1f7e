// Template: see lanes.h; TILE_M is 4.
#include "lanes.h"
#include "epilogue_body.h"
#include "winograd_tiles.h"

// As many tiles as leave room for TILE registers of each.
#undef TILES_OF_PLANES
#if LANES == 16
#define TILES_OF_PLANES 4
#else
#define TILES_OF_PLANES 2
#endif
#define POINTS_OF_PLANES (TILE * TILE * 4)

// COUNT neighbouring tiles of one block of outputs, which share the loads of the weights. COUNT,
// PLANES and SIMPLE are constants at every call; SIMPLE says that the epilogue is a bias and a plain
// ReLU.
TARGET static inline __attribute__((always_inline)) void NAME(plane_winograd_tiles)(
    const int COUNT, const int PLANES, const int SIMPLE, const semblance_plane_winograd_shape *s,
    const float *points, const float *weights, const NAME(epilogue) * e, int64_t y0, int64_t x0,
    float *out) {
  VECTOR columns[TILES_OF_PLANES][TILE_M][TILE];
  for (int j = 0; j < TILE; j++) {
    VECTOR m[TILES_OF_PLANES][TILE];
    UNROLL for (int i = 0; i < TILE; i++) {
      const int position = i * TILE + j;
      UNROLL for (int plane = 0; plane < PLANES; plane++) {
        const VECTOR w = LOAD(weights + (position * PLANES + plane) * 16);
        UNROLL for (int tile = 0; tile < COUNT; tile++) {
          const float point = points[tile * POINTS_OF_PLANES + position * 4 + plane];
          m[tile][i] = plane == 0 ? point * w : m[tile][i] + point * w;
        }
      }
    }
    UNROLL for (int tile = 0; tile < COUNT; tile++) {
      VECTOR t[TILE_M];
      NAME(from_points)(m[tile], t);
      UNROLL for (int i = 0; i < TILE_M; i++) columns[tile][i][j] = t[i];
    }
  }
  const int whole = y0 + TILE_M <= s->height && x0 + COUNT * TILE_M <= s->width;
  NAME(epilogue) epilogue = *e;
  UNROLL for (int i = 0; i < TILE_M; i++) {
    for (int tile = 0; tile < COUNT; tile++) {
      VECTOR z[TILE_M];
      NAME(from_points)(columns[tile][i], z);
      UNROLL for (int j = 0; j < TILE_M; j++) {
        const int64_t y = y0 + i, x = x0 + tile * TILE_M + j;
        if (whole || (y < s->height && x < s->width)) {
          const int64_t pixel = y * s->width + x;
          if (SIMPLE) {
            const VECTOR value = z[j] + epilogue.bias, zero = {0};
            STORE(out + pixel * 16, value > zero ? value : zero);
          } else {
            STORE(out + pixel * 16, NAME(finish)(&epilogue, z[j], pixel));
          }
        }
      }
    }
  }
}

#define TILES(count)                                                                            \
  if (simple) {                                                                                 \
    NAME(plane_winograd_tiles)(count, PLANES, 1, s, points + tile * POINTS_OF_PLANES, w,        \
                               &epilogue, down * TILE_M, (first + tile) * TILE_M, target);      \
  } else {                                                                                      \
    NAME(plane_winograd_tiles)(count, PLANES, 0, s, points + tile * POINTS_OF_PLANES, w,        \
                               &epilogue, down * TILE_M, (first + tile) * TILE_M, target);      \
  }

TARGET static inline __attribute__((always_inline)) void NAME(plane_winograd_rows)(
    const int PLANES, const semblance_plane_winograd_shape *s, const float *weights,
    const semblance_epilogue *e, int64_t blocks, int64_t begin, int64_t end, float *out) {
  // Some tiles at a time, so that one block's weights stay in the first-level cache for all of them.
  enum { TILES_AT_ONCE = 32 };
  float points[TILES_AT_ONCE * POINTS_OF_PLANES] __attribute__((aligned(64)));
  const int simple = e->gain == 1 && !e->scale && !e->noise && e->slope == 0 &&
                     e->clamp == __builtin_inff();
  const int64_t tiles_across = (s->width + TILE_M - 1) / TILE_M;
  const int64_t row_stride = (tiles_across * TILE_M + 2) * 4;
  const int64_t plane_stride = s->height * s->width * 16;
  for (int64_t down = begin; down < end; down++) {
    for (int64_t first = 0; first < tiles_across; first += TILES_AT_ONCE) {
      const int64_t count = tiles_across - first < TILES_AT_ONCE ? tiles_across - first : TILES_AT_ONCE;
      const float *window = s->padded + down * TILE_M * row_stride + first * TILE_M * 4;
      for (int64_t tile = 0; tile < count; tile++) {
        plane_points(window + tile * TILE_M * 4, row_stride, points + tile * POINTS_OF_PLANES);
      }
      for (int64_t block = 0; block < blocks; block++) {
        UNROLL for (int lane = 0; lane < 16; lane += LANES) {
          const NAME(epilogue) epilogue = NAME(epilogue_of)(e, block * 16 + lane, 0);
          const float *w = weights + block * TILE * TILE * PLANES * 16 + lane;
          float *target = out + block * plane_stride + lane;
          int64_t tile = 0;
          for (; tile + TILES_OF_PLANES <= count; tile += TILES_OF_PLANES) {
            TILES(TILES_OF_PLANES)
          }
          for (; tile < count; tile++) {
            TILES(1)
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
#undef TILES
#undef POINTS_OF_PLANES
