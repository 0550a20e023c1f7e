#include "blocked_pool.h"

#include "isa_dispatch.h"

#define LANES 16
#include "lanes.h"

SEMBLANCE_BODY void semblance_blocked_max_pool_body(const float *x, int64_t height, int64_t width,
                                                    int64_t begin, int64_t end, float *y) {
  (void)height;
  const int64_t half = width / 2;
  for (int64_t row = begin; row < end; row++) {
    const float *upper = x + 2 * row * width * 16, *lower = upper + width * 16;
    float *out = y + row * half * 16;
    for (int64_t column = 0; column < half; column++, upper += 32, lower += 32, out += 16) {
      for (int lane = 0; lane < 16; lane++) {
        const float a = upper[lane] > upper[16 + lane] ? upper[lane] : upper[16 + lane];
        const float b = lower[lane] > lower[16 + lane] ? lower[lane] : lower[16 + lane];
        out[lane] = a > b ? a : b;
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_blocked_max_pool,
                 (const float *x, int64_t height, int64_t width, int64_t begin, int64_t end,
                  float *y),
                 (x, height, width, begin, end, y))

SEMBLANCE_BODY void clear(float *x, int64_t pixels) {
  for (int64_t i = 0; i < pixels * 16; i++) x[i] = 0;
}

SEMBLANCE_BODY void semblance_blocked_max_pool_gradient_body(const float *x, const float *y,
                                                             const float *dy, int64_t height,
                                                             int64_t width, int64_t begin,
                                                             int64_t end, float *dx) {
  const int64_t half = width / 2, stride = width * 16;
  for (int64_t row = begin; row < end; row++) {
    for (int64_t column = 0; column < half; column++) {
      const int64_t at = 2 * row * stride + column * 32, from = (row * half + column) * 16;
      const VECTOR largest = LOAD(y + from), zero = {0};
      VECTOR rest = LOAD(dy + from);
      for (int pixel = 0; pixel < 3; pixel++) {
        const int64_t place = at + pixel / 2 * stride + pixel % 2 * 16;
        const VECTOR in = LOAD(x + place);
        STORE(dx + place, in == largest ? rest : zero);
        rest = in == largest ? zero : rest;
      }
      STORE(dx + at + stride + 16, rest);
    }
    if (width % 2 != 0) {
      clear(dx + (2 * row + 1) * stride - 16, 1);
      clear(dx + (2 * row + 2) * stride - 16, 1);
    }
  }
  if (height % 2 != 0 && end == height / 2) clear(dx + (height - 1) * stride, width);
}
SEMBLANCE_KERNEL(void, semblance_blocked_max_pool_gradient,
                 (const float *x, const float *y, const float *dy, int64_t height, int64_t width,
                  int64_t begin, int64_t end, float *dx),
                 (x, y, dy, height, width, begin, end, dx))
