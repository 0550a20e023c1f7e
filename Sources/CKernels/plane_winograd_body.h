// Template: see lanes.h.
#include "lanes.h"
#include "epilogue_body.h"

// As many tiles at a time as leave room for six registers of each.
#undef TILES_OF_PLANES
#if LANES == 16
#define TILES_OF_PLANES 4
#else
#define TILES_OF_PLANES 2
#endif

// A^T without the factor (3/4)^k of row k, which the weights of the point at infinity have already.
TARGET static inline __attribute__((always_inline)) void NAME(from_points_of_planes)(
    const VECTOR *m, VECTOR *y) {
  const VECTOR even_a = m[1] + m[2], odd_a = m[1] - m[2];
  const VECTOR even_b = m[3] + m[4], odd_b = m[3] - m[4];
  y[0] = m[0] + even_a + even_b;
  y[1] = odd_a + 2 * odd_b;
  y[2] = even_a + 4 * even_b;
  y[3] = (odd_a + m[5]) + 8 * odd_b;
}

// COUNT neighbouring tiles of one block of outputs, which share the loads of the weights. COUNT,
// PLANES and KIND (of the epilogue) are constants at every call.
TARGET static inline __attribute__((always_inline)) void NAME(plane_winograd_tiles)(
    const int COUNT, const int PLANES, const int KIND, const semblance_plane_winograd_shape *s,
    const float *points, const float *weights, const NAME(epilogue) * e, int64_t y0, int64_t x0,
    float *out) {
  VECTOR columns[TILES_OF_PLANES][4][6];
  for (int j = 0; j < 6; j++) {
    VECTOR m[TILES_OF_PLANES][6];
    UNROLL for (int i = 0; i < 6; i++) {
      const int position = (i * 6 + j) * PLANES;
      UNROLL for (int plane = 0; plane < PLANES; plane++) {
        const VECTOR w = LOAD(weights + (position + plane) * 16);
        UNROLL for (int tile = 0; tile < COUNT; tile++) {
          const float point = points[(position + plane) * TILES_OF_STRIP + tile];
          m[tile][i] = plane == 0 ? point * w : m[tile][i] + point * w;
        }
      }
    }
    UNROLL for (int tile = 0; tile < COUNT; tile++) {
      VECTOR t[4];
      NAME(from_points_of_planes)(m[tile], t);
      UNROLL for (int i = 0; i < 4; i++) columns[tile][i][j] = t[i];
    }
  }
  const int whole = y0 + 4 <= s->height && x0 + COUNT * 4 <= s->width;
  NAME(epilogue) epilogue = *e;
  UNROLL for (int i = 0; i < 4; i++) {
    for (int tile = 0; tile < COUNT; tile++) {
      VECTOR z[4];
      NAME(from_points_of_planes)(columns[tile][i], z);
      UNROLL for (int j = 0; j < 4; j++) {
        const int64_t y = y0 + i, x = x0 + tile * 4 + j;
        if (whole || (y < s->height && x < s->width)) {
          const int64_t pixel = y * s->width + x;
          const VECTOR power = powers[i + j] + (VECTOR){0}, zero = {0};
          VECTOR value;
          if (KIND == ANY_EPILOGUE) {
            value = NAME(finish)(&epilogue, z[j] * power, pixel);
          } else {
            value = z[j] * power + epilogue.bias;
            if (KIND == BIAS_AND_RELU) value = value > zero ? value : zero;
          }
          STORE(out + pixel * 16, value);
        }
      }
    }
  }
}

#define TILES(count, kind)                                                                         \
  NAME(plane_winograd_tiles)(count, PLANES, kind, s, points + tile, w, &epilogue, down * 4,        \
                             (first + tile) * 4, target)

TARGET static inline __attribute__((always_inline)) void NAME(plane_winograd_rows)(
    const int PLANES, const semblance_plane_winograd_shape *s, const float *weights,
    const semblance_epilogue *e, int64_t blocks, int64_t begin, int64_t end, float *out) {
  float points[36 * PLANES * TILES_OF_STRIP] __attribute__((aligned(64)));
  const int kind = kind_of_epilogue(e);
  const int64_t tiles_across = (s->width + 3) / 4;
  const int64_t plane_stride = s->height * s->width * 16;
  for (int64_t down = begin; down < end; down++) {
    for (int64_t first = 0; first < tiles_across; first += TILES_OF_STRIP) {
      const int64_t rest = tiles_across - first, count = rest < TILES_OF_STRIP ? rest : TILES_OF_STRIP;
      UNROLL for (int plane = 0; plane < PLANES; plane++) {
        float window[6][WINDOW_OF_STRIP] __attribute__((aligned(64)));
        window_of_strip(s->planes + plane * s->height * s->width, s->height, s->width, down * 4 - 1,
                        first * 4 - 1, window);
        NAME(points_of_strip)(window, points + plane * TILES_OF_STRIP, PLANES * TILES_OF_STRIP);
      }
      for (int64_t block = 0; block < blocks; block++) {
        UNROLL for (int lane = 0; lane < 16; lane += LANES) {
          const NAME(epilogue) epilogue = NAME(epilogue_of)(e, block * 16 + lane, 0);
          const float *w = weights + block * 36 * PLANES * 16 + lane;
          float *target = out + block * plane_stride + lane;
          int64_t tile = 0;
          for (; tile + TILES_OF_PLANES <= count; tile += TILES_OF_PLANES) {
            if (kind == BIAS_AND_RELU) {
              TILES(TILES_OF_PLANES, BIAS_AND_RELU);
            } else if (kind == ONLY_BIAS) {
              TILES(TILES_OF_PLANES, ONLY_BIAS);
            } else {
              TILES(TILES_OF_PLANES, ANY_EPILOGUE);
            }
          }
          for (; tile < count; tile++) {
            TILES(1, ANY_EPILOGUE);
          }
        }
      }
    }
  }
}

TARGET static void NAME(plane_winograd)(const semblance_plane_winograd_shape *s,
                                        const float *weights, const semblance_epilogue *e,
                                        int64_t blocks, int64_t begin, int64_t end, float *out) {
  switch (s->plane_count) {
    case 1: NAME(plane_winograd_rows)(1, s, weights, e, blocks, begin, end, out); break;
    case 2: NAME(plane_winograd_rows)(2, s, weights, e, blocks, begin, end, out); break;
    case 3: NAME(plane_winograd_rows)(3, s, weights, e, blocks, begin, end, out); break;
    case 4: NAME(plane_winograd_rows)(4, s, weights, e, blocks, begin, end, out); break;
  }
}
#undef TILES
