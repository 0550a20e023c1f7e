#include "epilogue.h"

#include "isa_dispatch.h"

#define LANES 16
#include "lanes.h"

// Vectors are written out: the result may lie where the input does, which keeps a compiler from
// finding them.

SEMBLANCE_BODY void semblance_epilogue_apply_body(const float *z, const semblance_epilogue *e,
                                                  const float *weighting, int64_t block,
                                                  int64_t begin, int64_t end, float *y,
                                                  float *sums) {
  const VECTOR zero = {0};
  const VECTOR scale = (e->scale ? LOAD(e->scale + block * 16) : zero + 1) * e->gain;
  const VECTOR bias = (e->bias ? LOAD(e->bias + block * 16) : zero) * e->gain;
  const VECTOR limit = zero + e->clamp;
  const float strength = e->noise_strength * e->gain, slope = e->slope;
  VECTOR total = zero;
  for (int64_t pixel = begin; pixel < end; pixel++) {
    const int64_t at = (pixel - begin) * 16;
    const VECTOR in = LOAD(z + at);
    if (weighting) total += in * LOAD(weighting + at);
    const float noise = e->noise ? strength * e->noise[pixel] : 0;
    VECTOR value = in * scale + bias + noise;
    value = value > zero ? value : value * slope;
    value = value < limit ? value : limit;
    STORE(y + at, value > -limit ? value : -limit);
  }
  if (weighting) STORE(sums, total);
}
SEMBLANCE_KERNEL(void, semblance_epilogue_apply,
                 (const float *z, const semblance_epilogue *e, const float *weighting,
                  int64_t block, int64_t begin, int64_t end, float *y, float *sums),
                 (z, e, weighting, block, begin, end, y, sums))

SEMBLANCE_BODY void semblance_epilogue_gradient_apply_body(
    const float *dy, const float *y, const semblance_epilogue_gradient *e, int64_t block,
    int64_t begin, int64_t end, float *dz, float *sums, int64_t sum_stride) {
  const VECTOR zero = {0}, limit = zero + e->clamp;
  const VECTOR above = e->scale ? LOAD(e->scale + block * 16) : zero + 1;
  const VECTOR below = above * e->slope;
  VECTOR hy = zero, sum = zero, noisy = zero;
  for (int64_t pixel = begin; pixel < end; pixel++) {
    const int64_t at = (pixel - begin) * 16;
    const VECTOR out = LOAD(y + at);
    const VECTOR h = __builtin_elementwise_abs(out) < limit ? LOAD(dy + at) : zero;
    const VECTOR result = h * (out > zero ? above : below);
    STORE(dz + at, result);
    if (!sums) continue;
    hy += h * out;
    sum += result;
    if (e->noise) noisy += result * e->noise[pixel];
  }
  if (!sums) return;
  STORE(sums, hy);
  STORE(sums + sum_stride, sum);
  STORE(sums + 2 * sum_stride, noisy);
}
SEMBLANCE_KERNEL(void, semblance_epilogue_gradient_apply,
                 (const float *dy, const float *y, const semblance_epilogue_gradient *e,
                  int64_t block, int64_t begin, int64_t end, float *dz, float *sums,
                  int64_t sum_stride),
                 (dy, y, e, block, begin, end, dz, sums, sum_stride))
