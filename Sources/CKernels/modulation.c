#include "modulation.h"

#include "isa_dispatch.h"

SEMBLANCE_BODY void semblance_modulate_body(const float *x, const float *scale, const float *shift,
                                            float slope, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const float value = x[i] + x[i] * scale[i] + shift[i];
    out[i] = value >= 0 ? value : value * slope;
  }
}
SEMBLANCE_KERNEL(void, semblance_modulate,
                 (const float *x, const float *scale, const float *shift, float slope, float *out,
                  int64_t count),
                 (x, scale, shift, slope, out, count))

SEMBLANCE_BODY void semblance_modulate_gradient_body(
    const float *gradient, const float *x, const float *scale, const float *shift, float slope,
    float *restrict x_gradient, float *restrict scale_gradient, float *restrict shift_gradient,
    int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const float u = x[i], v = scale[i];
    const float g = u + u * v + shift[i] >= 0 ? gradient[i] : gradient[i] * slope;
    x_gradient[i] = g + g * v;
    scale_gradient[i] = g * u;
    shift_gradient[i] = g;
  }
}
SEMBLANCE_KERNEL(void, semblance_modulate_gradient,
                 (const float *gradient, const float *x, const float *scale, const float *shift,
                  float slope, float *x_gradient, float *scale_gradient, float *shift_gradient,
                  int64_t count),
                 (gradient, x, scale, shift, slope, x_gradient, scale_gradient, shift_gradient,
                  count))
