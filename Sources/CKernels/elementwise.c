#include "elementwise.h"

#include <math.h>

#include "isa_dispatch.h"
#include "vector_math.h"

#define BINARY_LOOP(expression)                                        \
  if (a_stride == 1 && b_stride == 1) {                                \
    for (int64_t i = 0; i < count; i++) {                              \
      const float u = a[i], v = b[i];                                  \
      out[i] = expression;                                             \
    }                                                                  \
  } else if (a_stride == 1) {                                          \
    const float v = b[0];                                              \
    for (int64_t i = 0; i < count; i++) {                              \
      const float u = a[i];                                            \
      out[i] = expression;                                             \
    }                                                                  \
  } else if (b_stride == 1) {                                          \
    const float u = a[0];                                              \
    for (int64_t i = 0; i < count; i++) {                              \
      const float v = b[i];                                            \
      out[i] = expression;                                             \
    }                                                                  \
  } else {                                                             \
    const float u = a[0], v = b[0];                                    \
    for (int64_t i = 0; i < count; i++) out[i] = expression;           \
  }                                                                    \
  break;

SEMBLANCE_BODY void semblance_binary_body(int op, const float *a, int a_stride, const float *b,
                                          int b_stride, float *out, int64_t count) {
  switch (op) {
    case SEMBLANCE_ADD: BINARY_LOOP(u + v)
    case SEMBLANCE_SUBTRACT: BINARY_LOOP(u - v)
    case SEMBLANCE_MULTIPLY: BINARY_LOOP(u * v)
    default: BINARY_LOOP(u / v)
  }
}
SEMBLANCE_KERNEL(void, semblance_binary,
                 (int op, const float *a, int a_stride, const float *b, int b_stride, float *out,
                  int64_t count),
                 (op, a, a_stride, b, b_stride, out, count))

#define UNARY_LOOP(expression)          \
  for (int64_t i = 0; i < count; i++) { \
    const float v = x[i];               \
    out[i] = expression;                \
  }                                     \
  break;

SEMBLANCE_BODY void semblance_unary_body(int op, const float *x, float *out, int64_t count,
                                         float p, float q) {
  switch (op) {
    case SEMBLANCE_AFFINE: UNARY_LOOP(v * p + q)
    case SEMBLANCE_SQUARE: UNARY_LOOP(v * v)
    case SEMBLANCE_SQUARE_ROOT: UNARY_LOOP(sqrtf(v))
    case SEMBLANCE_RECIPROCAL_ROOT: UNARY_LOOP(1.0f / sqrtf(v))
    case SEMBLANCE_RECIPROCAL: UNARY_LOOP(1.0f / v)
    case SEMBLANCE_EXP: UNARY_LOOP(vector_exp(v))
    case SEMBLANCE_LOG: UNARY_LOOP(logf(v))
    case SEMBLANCE_SIGMOID: UNARY_LOOP(1.0f / (1.0f + vector_exp(-v)))
    case SEMBLANCE_TANH: UNARY_LOOP(tanhf(v))
    case SEMBLANCE_SOFTPLUS: UNARY_LOOP(log1pf(expf(-fabsf(v))) + (v > 0 ? v : 0))
    case SEMBLANCE_ABSOLUTE: UNARY_LOOP(fabsf(v))
    case SEMBLANCE_SIGN: UNARY_LOOP((float)((v > 0) - (v < 0)))
    case SEMBLANCE_LEAKY_RELU: UNARY_LOOP((v >= 0 ? v : v * p) * q)
    case SEMBLANCE_LEAKY_RELU_SLOPE: UNARY_LOOP(v >= 0 ? q : p * q)
    case SEMBLANCE_RELU_SLOPE: UNARY_LOOP(v > 0 ? 1.0f : 0.0f)
    case SEMBLANCE_CLAMP: UNARY_LOOP(v < p ? p : (v > q ? q : v))
    default: UNARY_LOOP(v > p && v < q ? 1.0f : 0.0f)
  }
}
SEMBLANCE_KERNEL(void, semblance_unary,
                 (int op, const float *x, float *out, int64_t count, float p, float q),
                 (op, x, out, count, p, q))

SEMBLANCE_BODY void semblance_accumulate_body(float a, const float *x, float *y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] += a * x[i];
}
SEMBLANCE_KERNEL(void, semblance_accumulate, (float a, const float *x, float *y, int64_t count),
                 (a, x, y, count))

SEMBLANCE_BODY void semblance_adam_body(float *value, const float *gradient, float *first,
                                        float *second, int64_t count, float rate, float beta1,
                                        float beta2, float epsilon, int64_t step) {
  const float correction1 = (float)(1.0 - pow(beta1, (double)step));
  const float correction2 = (float)sqrt(1.0 - pow(beta2, (double)step));
  const float scale = rate / correction1;
  for (int64_t i = 0; i < count; i++) {
    const float g = gradient[i];
    const float m = first[i] = beta1 * first[i] + (1.0f - beta1) * g;
    const float v = second[i] = beta2 * second[i] + (1.0f - beta2) * g * g;
    value[i] -= scale * m / (sqrtf(v) / correction2 + epsilon);
  }
}
SEMBLANCE_KERNEL(void, semblance_adam,
                 (float *value, const float *gradient, float *first, float *second, int64_t count,
                  float rate, float beta1, float beta2, float epsilon, int64_t step),
                 (value, gradient, first, second, count, rate, beta1, beta2, epsilon, step))
