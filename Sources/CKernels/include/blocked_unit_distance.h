#ifndef SEMBLANCE_BLOCKED_UNIT_DISTANCE_H
#define SEMBLANCE_BLOCKED_UNIT_DISTANCE_H
#include <stdint.h>

// Like semblance_unit_distance (see there), for blocked features and target [blocks, pixels, 16];
// weight [blocks * 16], 0 for channels beyond the last. Pixels begin..<end. The gradient is added to
// `result`.
void semblance_blocked_unit_distance(const float *features, const float *target,
                                     const float *weight, int64_t blocks, int64_t pixels,
                                     float epsilon, int64_t begin, int64_t end, float *distance);
void semblance_blocked_unit_distance_gradient(const float *features, const float *target,
                                              const float *weight, const float *slope,
                                              int64_t blocks, int64_t pixels, float epsilon,
                                              int64_t begin, int64_t end, float *result);
#endif
