// Template: see lanes.h, always with 16 lanes, which narrower processors take as several registers.
// B^T d B of the tiles of a strip: `points[position * position_stride + tile]` for all 36 positions.
#include "lanes.h"

// B^T with the points 0, +-3/4, +-3/2 and infinity.
TARGET static inline __attribute__((always_inline)) void NAME(to_points_of_planes)(
    const VECTOR *d, VECTOR *t) {
  const float a = 0.75f, b = 1.5f, aa = a * a, bb = b * b;
  const VECTOR even_a = d[4] - bb * d[2], odd_a = d[3] - bb * d[1];
  const VECTOR even_b = d[4] - aa * d[2], odd_b = d[3] - aa * d[1];
  t[0] = d[4] - (aa + bb) * d[2] + (aa * bb) * d[0];
  t[1] = even_a + a * odd_a;
  t[2] = even_a - a * odd_a;
  t[3] = even_b + b * odd_b;
  t[4] = even_b - b * odd_b;
  t[5] = d[5] - (aa + bb) * d[3] + (aa * bb) * d[1];
}

TARGET static inline __attribute__((always_inline)) void NAME(points_of_strip)(
    float window[6][WINDOW_OF_STRIP], float *points, int64_t position_stride) {
  float rows[6][WINDOW_OF_STRIP] __attribute__((aligned(64)));
  for (int x = 0; x < WINDOW_OF_STRIP; x += 16) {
    VECTOR d[6], t[6];
    UNROLL for (int i = 0; i < 6; i++) d[i] = LOAD(&window[i][x]);
    NAME(to_points_of_planes)(d, t);
    UNROLL for (int i = 0; i < 6; i++) STORE(&rows[i][x], t[i]);
  }
  for (int i = 0; i < 6; i++) {
    // Every fourth pixel, from pixel j on, belongs to column j of the tiles.
    VECTOR quarters[4], pairs[2][2], d[6], t[6];
    UNROLL for (int k = 0; k < 4; k++) quarters[k] = LOAD(&rows[i][k * 16]);
    UNROLL for (int k = 0; k < 2; k++) {
      pairs[0][k] = __builtin_shufflevector(quarters[2 * k], quarters[2 * k + 1], 0, 4, 8, 12, 16,
                                            20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
      pairs[1][k] = __builtin_shufflevector(quarters[2 * k], quarters[2 * k + 1], 2, 6, 10, 14, 18,
                                            22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
    }
    UNROLL for (int k = 0; k < 2; k++) {
      d[2 * k] = __builtin_shufflevector(pairs[k][0], pairs[k][1], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17,
                                         18, 19, 20, 21, 22, 23);
      d[2 * k + 1] = __builtin_shufflevector(pairs[k][0], pairs[k][1], 8, 9, 10, 11, 12, 13, 14, 15,
                                             24, 25, 26, 27, 28, 29, 30, 31);
    }
    const VECTOR next = LOAD(&rows[i][64]);
    d[4] = __builtin_shufflevector(d[0], next, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    d[5] = __builtin_shufflevector(d[1], next, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17);
    NAME(to_points_of_planes)(d, t);
    UNROLL for (int j = 0; j < 6; j++) STORE(points + (i * 6 + j) * position_stride, t[j]);
  }
}
