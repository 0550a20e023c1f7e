#include "blocked_unit_distance.h"

#include <math.h>

#include "isa_dispatch.h"

#define BODY "blocked_unit_distance_body.h"
#include "levels.h"

void semblance_blocked_unit_distance(const float *features, const float *target,
                                     const float *weight, int64_t blocks, int64_t pixels,
                                     float epsilon, int64_t begin, int64_t end, float *distance) {
  CHOOSE_LEVEL(blocked_unit_distance,
               (features, target, weight, blocks, pixels, epsilon, begin, end, distance))
}

void semblance_blocked_unit_distance_gradient(const float *features, const float *target,
                                              const float *weight, const float *slope,
                                              int64_t blocks, int64_t pixels, float epsilon,
                                              int64_t begin, int64_t end, float *result) {
  CHOOSE_LEVEL(blocked_unit_distance_gradient,
               (features, target, weight, slope, blocks, pixels, epsilon, begin, end, result))
}
