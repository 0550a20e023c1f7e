// Template: see lanes.h; over the tile size TILE_M. The points are those of winograd.h and
// strided_winograd.h.
#include "lanes.h"

// G of F(TILE_M, 3): three taps to TILE_M + 2 points.
TARGET static inline __attribute__((always_inline)) void NAME(taps_to_points)(
    const VECTOR g0, const VECTOR g1, const VECTOR g2, VECTOR *t) {
#if TILE_M == 4
  const float a = 0.625f, b = 1.5f, aa = a * a, bb = b * b;
  const float scale_a = (float)(1 / (2 * 0.390625 * (0.390625 - 2.25)));
  const float scale_b = (float)(1 / (2 * 2.25 * (2.25 - 0.390625)));
  const VECTOR even_a = (g0 + aa * g2) * scale_a, odd_a = g1 * (a * scale_a);
  const VECTOR even_b = (g0 + bb * g2) * scale_b, odd_b = g1 * (b * scale_b);
  t[0] = g0 * (float)(1 / 0.87890625);
  t[1] = even_a + odd_a;
  t[2] = even_a - odd_a;
  t[3] = even_b + odd_b;
  t[4] = even_b - odd_b;
  t[5] = g2;
#else
  const VECTOR even = (g0 + g2) * 0.5f, odd = g1 * 0.5f;
  t[0] = -g0;
  t[1] = even + odd;
  t[2] = even - odd;
  t[3] = g2;
#endif
}

TARGET static void NAME(winograd_tap_panels)(const float *taps, int64_t tap_stride,
                                             int64_t channels, float *u, int64_t matrix_stride) {
  enum { TILE = TILE_M + 2 };
  for (int64_t c = 0; c < channels; c++) {
    UNROLL for (int lane = 0; lane < 16; lane += LANES) {
      const float *source = taps + c * 16 + lane;
      float *target = u + c * 16 + lane;
      VECTOR rows[TILE][3];
      UNROLL for (int j = 0; j < 3; j++) {
        VECTOR t[TILE];
        NAME(taps_to_points)(LOAD(source + j * tap_stride), LOAD(source + (3 + j) * tap_stride),
                             LOAD(source + (6 + j) * tap_stride), t);
        UNROLL for (int i = 0; i < TILE; i++) rows[i][j] = t[i];
      }
      UNROLL for (int i = 0; i < TILE; i++) {
        VECTOR t[TILE];
        NAME(taps_to_points)(rows[i][0], rows[i][1], rows[i][2], t);
        UNROLL for (int j = 0; j < TILE; j++) STORE(target + (i * TILE + j) * matrix_stride, t[j]);
      }
    }
  }
}

// G of F(TILE_M, 2): the two even taps to TILE_M + 1 points.
TARGET static inline __attribute__((always_inline)) void NAME(even_taps_to_points)(
    const VECTOR g0, const VECTOR g1, VECTOR *t) {
#if TILE_M == 4
  const double aa = 0.140625, bb = 1.5625;
  const float scale_a = (float)(1 / (2 * (aa - bb))), scale_b = (float)(1 / (2 * (bb - aa)));
  const VECTOR even_a = g1 * scale_a, odd_a = g0 * (float)(1 / (2 * 0.375 * (aa - bb)));
  const VECTOR even_b = g1 * scale_b, odd_b = g0 * (float)(1 / (2 * 1.25 * (bb - aa)));
  t[0] = even_a + odd_a;
  t[1] = even_a - odd_a;
  t[2] = even_b + odd_b;
  t[3] = even_b - odd_b;
  t[4] = g1;
#else
  t[0] = (g1 + g0) * 0.5f;
  t[1] = (g1 - g0) * 0.5f;
  t[2] = g1;
#endif
}

TARGET static void NAME(strided_tap_panels)(int direction, const float *taps, int64_t tap_stride,
                                            int64_t channels, float *u, int64_t matrix_stride) {
  enum { POINTS = TILE_M + 1 };
  // The even taps in the order in which they meet the pixels of increasing index.
  const int64_t first = direction == SEMBLANCE_SPREAD ? 2 : 0, last = 2 - first;
#define TAP(i, j) LOAD(source + ((i) * 3 + (j)) * tap_stride)
#define PUT(matrix, value) STORE(target + (matrix) * matrix_stride, value)
  for (int64_t c = 0; c < channels; c++) {
    UNROLL for (int lane = 0; lane < 16; lane += LANES) {
      const float *source = taps + c * 16 + lane;
      float *target = u + c * 16 + lane;
      VECTOR t[POINTS], rows[2][POINTS];
      PUT(0, TAP(1, 1));
      NAME(even_taps_to_points)(TAP(first, 1), TAP(last, 1), t);
      UNROLL for (int i = 0; i < POINTS; i++) PUT(1 + i, t[i]);
      NAME(even_taps_to_points)(TAP(1, first), TAP(1, last), t);
      UNROLL for (int j = 0; j < POINTS; j++) PUT(1 + POINTS + j, t[j]);
      NAME(even_taps_to_points)(TAP(first, first), TAP(last, first), rows[0]);
      NAME(even_taps_to_points)(TAP(first, last), TAP(last, last), rows[1]);
      UNROLL for (int i = 0; i < POINTS; i++) {
        NAME(even_taps_to_points)(rows[0][i], rows[1][i], t);
        UNROLL for (int j = 0; j < POINTS; j++) PUT(1 + 2 * POINTS + i * POINTS + j, t[j]);
      }
    }
  }
#undef TAP
#undef PUT
}
