// Template over the tile size TILE_M (see lanes.h): the one-dimensional transforms of F(TILE_M, 2)
// as described in strided_winograd.h. POINTS = TILE_M + 1 values go in or come out; the last
// belongs to infinity.
#undef POINTS
#define POINTS (TILE_M + 1)

#if TILE_M == 4
TARGET static inline __attribute__((always_inline)) void NAME(to_points)(
    const VECTOR *d, VECTOR *t) {
  const float a = 0.375f, b = 1.25f, aa = a * a, bb = b * b;
  const VECTOR even_a = d[2] - bb * d[0], odd_a = d[3] - bb * d[1];
  const VECTOR even_b = d[2] - aa * d[0], odd_b = d[3] - aa * d[1];
  const VECTOR last = d[4] - (aa + bb) * d[2] + (aa * bb) * d[0];
  t[0] = odd_a + a * even_a;
  t[1] = odd_a - a * even_a;
  t[2] = odd_b + b * even_b;
  t[3] = odd_b - b * even_b;
  t[4] = last;
}

TARGET static inline __attribute__((always_inline)) void NAME(from_points)(
    const VECTOR *m, VECTOR *y) {
  const float a = 0.375f, b = 1.25f;
  const VECTOR even_a = m[0] + m[1], odd_a = m[0] - m[1];
  const VECTOR even_b = m[2] + m[3], odd_b = m[2] - m[3];
  y[0] = even_a + even_b;
  y[1] = a * odd_a + b * odd_b;
  y[2] = (a * a) * even_a + (b * b) * even_b;
  y[3] = (a * a * a) * odd_a + ((b * b * b) * odd_b + m[4]);
}
#else
TARGET static inline __attribute__((always_inline)) void NAME(to_points)(
    const VECTOR *d, VECTOR *t) {
  const VECTOR sum = d[1] + d[0], difference = d[1] - d[0], last = d[2] - d[0];
  t[0] = sum;
  t[1] = difference;
  t[2] = last;
}

TARGET static inline __attribute__((always_inline)) void NAME(from_points)(
    const VECTOR *m, VECTOR *y) {
  const VECTOR sum = m[0] + m[1], difference = m[0] - m[1];
  y[0] = sum;
  y[1] = difference + m[2];
}
#endif
