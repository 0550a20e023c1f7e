#ifndef SEMBLANCE_MODULATION_H
#define SEMBLANCE_MODULATION_H
#include <stdint.h>

// out[i] = activation(x[i] (1 + scale[i]) + shift[i]), where activation(v) = v >= 0 ? v : slope v.
void semblance_modulate(const float *x, const float *scale, const float *shift, float slope,
                        float *out, int64_t count);
// The gradients of x, scale and shift from the gradient of the result.
void semblance_modulate_gradient(const float *gradient, const float *x, const float *scale,
                                 const float *shift, float slope, float *x_gradient,
                                 float *scale_gradient, float *shift_gradient, int64_t count);
#endif
