#include "reduce.h"

#include <math.h>

#include "isa_dispatch.h"
#include "vector_math.h"

#define LANES 64
#define BLOCK 2048

#define BLOCKED_SUM(term)                                              \
  double total = 0;                                                    \
  for (int64_t start = 0; start < count; start += BLOCK) {             \
    const int64_t end = start + BLOCK < count ? start + BLOCK : count; \
    float lanes[LANES] = {0};                                          \
    int64_t i = start;                                                 \
    for (; i + LANES <= end; i += LANES) {                             \
      for (int64_t j = i; j < i + LANES; j++) lanes[j - i] += term;    \
    }                                                                  \
    for (int64_t j = i; j < end; j++) lanes[j - i] += term;            \
    double block = 0;                                                  \
    for (int j = 0; j < LANES; j++) block += lanes[j];                 \
    total += block;                                                    \
  }                                                                    \
  return total;

SEMBLANCE_BODY double semblance_sum_body(const float *x, int64_t count) { BLOCKED_SUM(x[j]) }
SEMBLANCE_KERNEL(double, semblance_sum, (const float *x, int64_t count), (x, count))

SEMBLANCE_BODY double semblance_dot_body(const float *x, const float *y, int64_t count) {
  BLOCKED_SUM(x[j] * y[j])
}
SEMBLANCE_KERNEL(double, semblance_dot, (const float *x, const float *y, int64_t count),
                 (x, y, count))

SEMBLANCE_BODY float semblance_maximum_body(const float *x, int64_t count) {
  float lanes[LANES];
  for (int j = 0; j < LANES; j++) lanes[j] = -INFINITY;
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    for (int j = 0; j < LANES; j++) lanes[j] = x[i + j] > lanes[j] ? x[i + j] : lanes[j];
  }
  for (int64_t j = i; j < count; j++) lanes[j - i] = x[j] > lanes[j - i] ? x[j] : lanes[j - i];
  float best = -INFINITY;
  for (int j = 0; j < LANES; j++) best = lanes[j] > best ? lanes[j] : best;
  return best;
}
SEMBLANCE_KERNEL(float, semblance_maximum, (const float *x, int64_t count), (x, count))

SEMBLANCE_BODY void semblance_sum_rows_body(const float *x, int64_t rows, int64_t width,
                                            float *out) {
  // Groups of rows are summed first, so that the error grows with the square root of the count.
  enum { WIDTH = 256, GROUP = 32 };
  for (int64_t column = 0; column < width; column += WIDTH) {
    const int64_t n = column + WIDTH < width ? WIDTH : width - column;
    float total[WIDTH] = {0};
    for (int64_t row = 0; row < rows; row += GROUP) {
      const int64_t end = row + GROUP < rows ? row + GROUP : rows;
      float group[WIDTH] = {0};
      for (int64_t i = row; i < end; i++) {
        const float *source = x + i * width + column;
        for (int64_t j = 0; j < n; j++) group[j] += source[j];
      }
      for (int64_t j = 0; j < n; j++) total[j] += group[j];
    }
    for (int64_t j = 0; j < n; j++) out[column + j] = total[j];
  }
}
SEMBLANCE_KERNEL(void, semblance_sum_rows,
                 (const float *x, int64_t rows, int64_t width, float *out), (x, rows, width, out))

SEMBLANCE_BODY void semblance_cross_entropy_body(const float *logits, int64_t classes,
                                                 int64_t pixels, int64_t stride,
                                                 const int32_t *target, const float *weight,
                                                 float *losses, float *gradient) {
  enum { TILE = 256 };
  for (int64_t start = 0; start < pixels; start += TILE) {
    const int64_t n = start + TILE < pixels ? TILE : pixels - start;
    float maximum[TILE], sum[TILE], chosen[TILE];
    for (int64_t p = 0; p < n; p++) maximum[p] = -INFINITY, sum[p] = 0;
    for (int64_t k = 0; k < classes; k++) {
      const float *row = logits + k * stride + start;
      for (int64_t p = 0; p < n; p++) maximum[p] = row[p] > maximum[p] ? row[p] : maximum[p];
    }
    for (int64_t k = 0; k < classes; k++) {
      const float *row = logits + k * stride + start;
      for (int64_t p = 0; p < n; p++) {
        const float e = vector_exp(row[p] - maximum[p]);
        if (gradient) gradient[k * stride + start + p] = e;
        sum[p] += e;
      }
    }
    for (int64_t p = 0; p < n; p++) {
      chosen[p] = logits[target[start + p] * stride + start + p];
      losses[start + p] = weight[start + p] * (logf(sum[p]) + maximum[p] - chosen[p]);
    }
    if (!gradient) continue;
    for (int64_t p = 0; p < n; p++) sum[p] = weight[start + p] / sum[p];
    for (int64_t k = 0; k < classes; k++) {
      float *row = gradient + k * stride + start;
      for (int64_t p = 0; p < n; p++) row[p] *= sum[p];
    }
    for (int64_t p = 0; p < n; p++) {
      gradient[target[start + p] * stride + start + p] -= weight[start + p];
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_cross_entropy,
                 (const float *logits, int64_t classes, int64_t pixels, int64_t stride,
                  const int32_t *target, const float *weight, float *losses, float *gradient),
                 (logits, classes, pixels, stride, target, weight, losses, gradient))
