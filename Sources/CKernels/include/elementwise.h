#ifndef SEMBLANCE_ELEMENTWISE_H
#define SEMBLANCE_ELEMENTWISE_H
#include <stdint.h>

enum { SEMBLANCE_ADD, SEMBLANCE_SUBTRACT, SEMBLANCE_MULTIPLY, SEMBLANCE_DIVIDE };

// out[i] = a[i * a_stride] op b[i * b_stride]; strides are 0 or 1.
void semblance_binary(int op, const float *a, int a_stride, const float *b, int b_stride,
                      float *out, int64_t count);

enum {
  SEMBLANCE_AFFINE,            // x * p + q
  SEMBLANCE_SQUARE,            // x^2
  SEMBLANCE_SQUARE_ROOT,       // sqrt(x)
  SEMBLANCE_RECIPROCAL_ROOT,   // 1 / sqrt(x)
  SEMBLANCE_RECIPROCAL,        // 1 / x
  SEMBLANCE_EXP,
  SEMBLANCE_LOG,
  SEMBLANCE_SIGMOID,
  SEMBLANCE_TANH,
  SEMBLANCE_SOFTPLUS,          // log(1 + e^x)
  SEMBLANCE_ABSOLUTE,
  SEMBLANCE_SIGN,
  SEMBLANCE_LEAKY_RELU,        // x >= 0 ? x : p x, times q
  SEMBLANCE_LEAKY_RELU_SLOPE,  // x >= 0 ? q : p q
  SEMBLANCE_RELU_SLOPE,        // x > 0 ? 1 : 0
  SEMBLANCE_CLAMP,             // min(max(x, p), q)
  SEMBLANCE_CLAMP_SLOPE,       // p < x < q ? 1 : 0
};

void semblance_unary(int op, const float *x, float *out, int64_t count, float p, float q);

// y += a x
void semblance_accumulate(float a, const float *x, float *y, int64_t count);

// One step of Adam with bias correction (Kingma & Ba 2015): `step` counts from 1.
void semblance_adam(float *value, const float *gradient, float *first, float *second,
                    int64_t count, float rate, float beta1, float beta2, float epsilon,
                    int64_t step);
#endif
