// Template: see lanes.h.
#include "lanes.h"
#include "sum_lanes.h"

TARGET static inline __attribute__((always_inline)) float NAME(length_of)(const float *feature,
                                                                          int64_t blocks,
                                                                          int64_t pixels) {
  VECTOR sum = {0};
  for (int64_t block = 0; block < blocks; block++) {
    UNROLL for (int lane = 0; lane < 16; lane += LANES) {
      const VECTOR f = LOAD(feature + block * pixels * 16 + lane);
      sum += f * f;
    }
  }
  return sqrtf(NAME(sum_lanes)(sum));
}

TARGET static void NAME(blocked_unit_distance)(const float *features, const float *target,
                                               const float *weight, int64_t blocks,
                                               int64_t pixels, float epsilon, int64_t begin,
                                               int64_t end, float *distance) {
  for (int64_t pixel = begin; pixel < end; pixel++) {
    const float *feature = features + pixel * 16, *other = target + pixel * 16;
    const float inverse = 1 / (NAME(length_of)(feature, blocks, pixels) + epsilon);
    VECTOR sum = {0};
    for (int64_t block = 0; block < blocks; block++) {
      UNROLL for (int lane = 0; lane < 16; lane += LANES) {
        const int64_t at = block * pixels * 16 + lane;
        const VECTOR difference = LOAD(feature + at) * inverse - LOAD(other + at);
        sum += LOAD(weight + block * 16 + lane) * difference * difference;
      }
    }
    distance[pixel] = NAME(sum_lanes)(sum);
  }
}

// With n = |f|, m = n + epsilon, u = f / m and g = 2 slope weight (u - target):
// result += g / m - f (g . f) / (n m^2).
TARGET static void NAME(blocked_unit_distance_gradient)(
    const float *features, const float *target, const float *weight, const float *slope,
    int64_t blocks, int64_t pixels, float epsilon, int64_t begin, int64_t end, float *result) {
  for (int64_t pixel = begin; pixel < end; pixel++) {
    const float *feature = features + pixel * 16, *other = target + pixel * 16;
    const float length = NAME(length_of)(feature, blocks, pixels);
    const float inverse = length > 0 ? 1 / (length + epsilon) : 0;
    const float factor = 2 * slope[pixel] * inverse;
    VECTOR sum = {0};
    for (int64_t block = 0; block < blocks; block++) {
      UNROLL for (int lane = 0; lane < 16; lane += LANES) {
        const int64_t at = block * pixels * 16 + lane;
        const VECTOR f = LOAD(feature + at);
        sum += LOAD(weight + block * 16 + lane) * (f * inverse - LOAD(other + at)) * f;
      }
    }
    const float along = length > 0 ? NAME(sum_lanes)(sum) * inverse / length : 0;
    for (int64_t block = 0; block < blocks; block++) {
      UNROLL for (int lane = 0; lane < 16; lane += LANES) {
        const int64_t at = block * pixels * 16 + lane;
        const VECTOR f = LOAD(feature + at);
        const VECTOR w = LOAD(weight + block * 16 + lane);
        float *place = result + pixel * 16 + at;
        STORE(place, LOAD(place) + factor * (w * (f * inverse - LOAD(other + at)) - f * along));
      }
    }
  }
}
