#include "epilogue.h"

#include "isa_dispatch.h"

SEMBLANCE_BODY void semblance_epilogue_apply_body(const float *z, const semblance_epilogue *e,
                                                  const float *weighting, int64_t block,
                                                  int64_t begin, int64_t end, float *y,
                                                  float *sums) {
  float scale[16], bias[16], total[16] = {0};
  for (int lane = 0; lane < 16; lane++) {
    scale[lane] = (e->scale ? e->scale[block * 16 + lane] : 1) * e->gain;
    bias[lane] = (e->bias ? e->bias[block * 16 + lane] : 0) * e->gain;
  }
  const float strength = e->noise_strength * e->gain, slope = e->slope, limit = e->clamp;
  for (int64_t pixel = begin; pixel < end; pixel++) {
    const int64_t at = (pixel - begin) * 16;
    if (weighting) {
      for (int lane = 0; lane < 16; lane++) total[lane] += z[at + lane] * weighting[at + lane];
    }
    const float noise = e->noise ? strength * e->noise[pixel] : 0;
    for (int lane = 0; lane < 16; lane++) {
      float value = z[at + lane] * scale[lane] + bias[lane] + noise;
      value = value > 0 ? value : value * slope;
      value = value < limit ? value : limit;
      y[at + lane] = value > -limit ? value : -limit;
    }
  }
  for (int lane = 0; weighting && lane < 16; lane++) sums[lane] = total[lane];
}
SEMBLANCE_KERNEL(void, semblance_epilogue_apply,
                 (const float *z, const semblance_epilogue *e, const float *weighting,
                  int64_t block, int64_t begin, int64_t end, float *y, float *sums),
                 (z, e, weighting, block, begin, end, y, sums))

SEMBLANCE_BODY void semblance_epilogue_gradient_apply_body(
    const float *dy, const float *y, const semblance_epilogue_gradient *e, int64_t block,
    int64_t begin, int64_t end, float *dz, float *sums, int64_t sum_stride) {
  float above[16], below[16], hy[16] = {0}, sum[16] = {0}, noisy[16] = {0};
  for (int lane = 0; lane < 16; lane++) {
    above[lane] = e->scale ? e->scale[block * 16 + lane] : 1;
    below[lane] = above[lane] * e->slope;
  }
  const float limit = e->clamp;
  for (int64_t pixel = begin; pixel < end; pixel++) {
    const float noise = e->noise ? e->noise[pixel] : 0;
    for (int lane = 0; lane < 16; lane++) {
      const int64_t at = (pixel - begin) * 16 + lane;
      const float out = y[at], h = out < limit && out > -limit ? dy[at] : 0;
      const float result = h * (out > 0 ? above[lane] : below[lane]);
      dz[at] = result;
      hy[lane] += h * out;
      sum[lane] += result;
      noisy[lane] += result * noise;
    }
  }
  for (int lane = 0; sums && lane < 16; lane++) {
    sums[lane] = hy[lane];
    sums[sum_stride + lane] = sum[lane];
    sums[2 * sum_stride + lane] = noisy[lane];
  }
}
SEMBLANCE_KERNEL(void, semblance_epilogue_gradient_apply,
                 (const float *dy, const float *y, const semblance_epilogue_gradient *e,
                  int64_t block, int64_t begin, int64_t end, float *dz, float *sums,
                  int64_t sum_stride),
                 (dy, y, e, block, begin, end, dz, sums, sum_stride))
