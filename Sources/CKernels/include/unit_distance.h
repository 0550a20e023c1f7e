#ifndef SEMBLANCE_UNIT_DISTANCE_H
#define SEMBLANCE_UNIT_DISTANCE_H
#include <stdint.h>

// Feature vectors [channels, pixels] with row stride `stride`, one per pixel, are divided by their
// length plus `epsilon` and compared with `target` (same layout, already of unit length):
// distance[p] = sum over c of weight[c] (f[c, p] / (|f[:, p]| + epsilon) - target[c, p])^2
void semblance_unit_distance(const float *features, const float *target, const float *weight,
                             int64_t channels, int64_t pixels, int64_t stride, float epsilon,
                             float *distance);
// The gradient with respect to the features, [channels, pixels] with the same stride, of the sum of
// slope[p] * distance[p]. Zero for a feature vector of zeros.
void semblance_unit_distance_gradient(const float *features, const float *target,
                                      const float *weight, const float *slope, int64_t channels,
                                      int64_t pixels, int64_t stride, float epsilon, float *result);
#endif
