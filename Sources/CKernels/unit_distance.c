#include "unit_distance.h"

#include <math.h>

#include "isa_dispatch.h"

// Pixels handled together, and channels summed before they are added to the total (the rounding
// error grows with the square root of the channels).
enum { LANES = 64, GROUP = 16 };

#define FOR_LANES for (int64_t j = 0; j < n; j++)

SEMBLANCE_BODY void lengths_body(const float *features, int64_t channels, int64_t stride, int64_t n,
                                 float *length) {
  FOR_LANES length[j] = 0;
  for (int64_t start = 0; start < channels; start += GROUP) {
    const int64_t end = start + GROUP < channels ? start + GROUP : channels;
    float group[LANES] = {0};
    for (int64_t c = start; c < end; c++) {
      const float *f = features + c * stride;
      FOR_LANES group[j] += f[j] * f[j];
    }
    FOR_LANES length[j] += group[j];
  }
  FOR_LANES length[j] = sqrtf(length[j]);
}

SEMBLANCE_BODY void semblance_unit_distance_body(const float *features, const float *target,
                                                 const float *weight, int64_t channels,
                                                 int64_t pixels, int64_t stride, float epsilon,
                                                 float *distance) {
  for (int64_t p = 0; p < pixels; p += LANES) {
    const int64_t n = p + LANES < pixels ? LANES : pixels - p;
    float inverse[LANES];
    float total[LANES] = {0};
    lengths_body(features + p, channels, stride, n, inverse);
    FOR_LANES inverse[j] = 1 / (inverse[j] + epsilon);
    for (int64_t start = 0; start < channels; start += GROUP) {
      const int64_t end = start + GROUP < channels ? start + GROUP : channels;
      float group[LANES] = {0};
      for (int64_t c = start; c < end; c++) {
        const float *f = features + c * stride + p;
        const float *t = target + c * stride + p;
        const float w = weight[c];
        FOR_LANES {
          const float difference = f[j] * inverse[j] - t[j];
          group[j] += w * difference * difference;
        }
      }
      FOR_LANES total[j] += group[j];
    }
    FOR_LANES distance[p + j] = total[j];
  }
}
SEMBLANCE_KERNEL(void, semblance_unit_distance,
                 (const float *features, const float *target, const float *weight,
                  int64_t channels, int64_t pixels, int64_t stride, float epsilon,
                  float *distance),
                 (features, target, weight, channels, pixels, stride, epsilon, distance))

// With n = |f|, m = n + epsilon, y = f / m and g = 2 slope weight (y - target):
// result = g / m - f (g . f) / (n m^2).
SEMBLANCE_BODY void semblance_unit_distance_gradient_body(
    const float *features, const float *target, const float *weight, const float *slope,
    int64_t channels, int64_t pixels, int64_t stride, float epsilon, float *result) {
  for (int64_t p = 0; p < pixels; p += LANES) {
    const int64_t n = p + LANES < pixels ? LANES : pixels - p;
    float length[LANES];
    float inverse[LANES];
    float factor[LANES];
    float along[LANES] = {0};
    lengths_body(features + p, channels, stride, n, length);
    FOR_LANES {
      inverse[j] = length[j] > 0 ? 1 / (length[j] + epsilon) : 0;
      factor[j] = 2 * slope[p + j] * inverse[j];
    }
    for (int64_t start = 0; start < channels; start += GROUP) {
      const int64_t end = start + GROUP < channels ? start + GROUP : channels;
      float group[LANES] = {0};
      for (int64_t c = start; c < end; c++) {
        const float *f = features + c * stride + p;
        const float *t = target + c * stride + p;
        const float w = weight[c];
        FOR_LANES group[j] += w * (f[j] * inverse[j] - t[j]) * f[j];
      }
      FOR_LANES along[j] += group[j];
    }
    // (g . f) / (n m^2) without 1 / m, which `factor` carries.
    FOR_LANES along[j] = length[j] > 0 ? along[j] * inverse[j] / length[j] : 0;
    for (int64_t c = 0; c < channels; c++) {
      const float *f = features + c * stride + p;
      const float *t = target + c * stride + p;
      float *r = result + c * stride + p;
      const float w = weight[c];
      FOR_LANES r[j] = factor[j] * (w * (f[j] * inverse[j] - t[j]) - f[j] * along[j]);
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_unit_distance_gradient,
                 (const float *features, const float *target, const float *weight,
                  const float *slope, int64_t channels, int64_t pixels, int64_t stride,
                  float epsilon, float *result),
                 (features, target, weight, slope, channels, pixels, stride, epsilon, result))
