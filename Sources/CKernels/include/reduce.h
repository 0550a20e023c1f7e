#ifndef SEMBLANCE_REDUCE_H
#define SEMBLANCE_REDUCE_H
#include <stdint.h>

// Sum of `count` floats: 64 partial sums per block of 2048, blocks added in double precision.
double semblance_sum(const float *x, int64_t count);
// Sum of x[i] * y[i], in the same order.
double semblance_dot(const float *x, const float *y, int64_t count);
// Largest element; -infinity when there is none.
float semblance_maximum(const float *x, int64_t count);
// out[j] = sum over i < rows of x[i * width + j]
void semblance_sum_rows(const float *x, int64_t rows, int64_t width, float *out);

// Softmax cross-entropy of `pixels` columns of logits [classes, pixels] (row stride `stride`):
// losses[p] = -weight[p] log softmax(logits[:, p])[target[p]]; when `gradient` is not null,
// gradient[k, p] = weight[p] (softmax - one-hot). Targets must lie in 0..<classes.
void semblance_cross_entropy(const float *logits, int64_t classes, int64_t pixels, int64_t stride,
                             const int32_t *target, const float *weight, float *losses,
                             float *gradient);
#endif
