// Template over the tile size (see lanes.h): the one-dimensional transforms of F(TILE_M, 3), with
// polynomial points as described in winograd.h. TILE = TILE_M + 2 values go in or come out.
//
// B^T is applied in HALVES groups of GROUP rows, so that a group's results for all columns fit
// into the registers: rows {0, +a, -a} need values 0...4, rows {+b, -b, infinity} values 1...5.
#undef TILE
#undef HALVES
#undef GROUP
#define TILE (TILE_M + 2)

#if TILE_M == 4
#define HALVES 2
#define GROUP 3
TARGET static inline __attribute__((always_inline)) void NAME(to_points)(
    const int half, const VECTOR *d, VECTOR *t) {
  const float a = 0.625f, b = 1.5f, aa = a * a, bb = b * b;
  if (half == 0) {
    const VECTOR even = d[4] - bb * d[2], odd = d[3] - bb * d[1];
    t[0] = d[4] - (aa + bb) * d[2] + (aa * bb) * d[0];
    t[1] = even + a * odd;
    t[2] = even - a * odd;
  } else {
    const VECTOR even = d[4] - aa * d[2], odd = d[3] - aa * d[1];
    t[0] = even + b * odd;
    t[1] = even - b * odd;
    t[2] = d[5] - (aa + bb) * d[3] + (aa * bb) * d[1];
  }
}

TARGET static inline __attribute__((always_inline)) void NAME(from_points)(
    const VECTOR *m, VECTOR *y) {
  const float a = 0.625f, b = 1.5f;
  const VECTOR even_a = m[1] + m[2], odd_a = m[1] - m[2];
  const VECTOR even_b = m[3] + m[4], odd_b = m[3] - m[4];
  y[0] = m[0] + even_a + even_b;
  y[1] = a * odd_a + b * odd_b;
  y[2] = (a * a) * even_a + (b * b) * even_b;
  y[3] = (a * a * a) * odd_a + ((b * b * b) * odd_b + m[5]);
}
#else
#define HALVES 1
#define GROUP 4
TARGET static inline __attribute__((always_inline)) void NAME(to_points)(
    const int half, const VECTOR *d, VECTOR *t) {
  (void)half;
  t[0] = d[2] - d[0];
  t[1] = d[2] + d[1];
  t[2] = d[2] - d[1];
  t[3] = d[3] - d[1];
}

TARGET static inline __attribute__((always_inline)) void NAME(from_points)(
    const VECTOR *m, VECTOR *y) {
  y[0] = m[0] + (m[1] + m[2]);
  y[1] = (m[1] - m[2]) + m[3];
}
#endif
