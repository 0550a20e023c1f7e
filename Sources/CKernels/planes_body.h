// Template: see lanes.h.
#include "lanes.h"
#include "sum_lanes.h"

#undef GROUP_PIXELS
#if LANES == 16
#define GROUP_PIXELS 8
#else
#define GROUP_PIXELS 4
#endif

// COUNT pixels at once; OUTPUTS and COUNT are constants at every call.
TARGET static inline __attribute__((always_inline)) void NAME(project_pixels)(
    const int OUTPUTS, const int COUNT, const float *x, int64_t blocks, int64_t pixels,
    const float *weights, const float *bias, float clamp, int64_t pixel, float *out) {
  VECTOR sum[SEMBLANCE_MOST_PLANES][GROUP_PIXELS];
  UNROLL for (int o = 0; o < OUTPUTS; o++) {
    UNROLL for (int p = 0; p < COUNT; p++) sum[o][p] = (VECTOR){0};
  }
  for (int64_t block = 0; block < blocks; block++) {
    const float *source = x + (block * pixels + pixel) * 16;
    UNROLL for (int lane = 0; lane < 16; lane += LANES) {
      UNROLL for (int o = 0; o < OUTPUTS; o++) {
        const VECTOR w = LOAD(weights + (o * blocks + block) * 16 + lane);
        UNROLL for (int p = 0; p < COUNT; p++) sum[o][p] += w * LOAD(source + p * 16 + lane);
      }
    }
  }
  UNROLL for (int o = 0; o < OUTPUTS; o++) {
    UNROLL for (int p = 0; p < COUNT; p++) {
      float value = NAME(sum_lanes)(sum[o][p]) + (bias ? bias[o] : 0);
      value = value < clamp ? value : clamp;
      out[o * pixels + pixel + p] = value > -clamp ? value : -clamp;
    }
  }
}

#define PROJECT(outputs)                                                                        \
  case outputs:                                                                                 \
    for (; pixel + GROUP_PIXELS <= end; pixel += GROUP_PIXELS) {                                \
      NAME(project_pixels)(outputs, GROUP_PIXELS, x, blocks, pixels, weights, bias, clamp,      \
                           pixel, out);                                                         \
    }                                                                                           \
    for (; pixel < end; pixel++) {                                                              \
      NAME(project_pixels)(outputs, 1, x, blocks, pixels, weights, bias, clamp, pixel, out);    \
    }                                                                                           \
    break;

TARGET static void NAME(to_planes)(const float *x, int64_t blocks, int64_t pixels,
                                   const float *weights, int64_t outputs, const float *bias,
                                   float clamp, int64_t begin, int64_t end, float *out) {
  int64_t pixel = begin;
  switch (outputs) {
    PROJECT(1)
    PROJECT(2)
    PROJECT(3)
    PROJECT(4)
  }
}
#undef PROJECT

TARGET static inline __attribute__((always_inline)) void NAME(spread_planes)(
    const int OUTPUTS, const float *dy, const float *y, float clamp, const float *x,
    int64_t blocks, int64_t pixels, const float *weights, int64_t block, int64_t begin,
    int64_t end, float *dx, float *sums, int64_t sum_stride) {
  const int64_t start = block * pixels * 16;
  UNROLL for (int lane = 0; lane < 16; lane += LANES) {
    VECTOR w[SEMBLANCE_MOST_PLANES], total[SEMBLANCE_MOST_PLANES];
    UNROLL for (int o = 0; o < OUTPUTS; o++) {
      w[o] = LOAD(weights + (o * blocks + block) * 16 + lane);
      total[o] = (VECTOR){0};
    }
    for (int64_t pixel = begin; pixel < end; pixel++) {
      VECTOR value = {0};
      const VECTOR input = sums ? LOAD(x + start + pixel * 16 + lane) : value;
      UNROLL for (int o = 0; o < OUTPUTS; o++) {
        const float out = y[o * pixels + pixel];
        const float h = out < clamp && out > -clamp ? dy[o * pixels + pixel] : 0;
        value += w[o] * h;
        total[o] += input * h;
      }
      STORE(dx + start + pixel * 16 + lane, value);
    }
    UNROLL for (int o = 0; o < OUTPUTS; o++) {
      if (sums) STORE(sums + o * sum_stride + lane, total[o]);
    }
  }
}

#define SPREAD(outputs)                                                                       \
  case outputs:                                                                               \
    NAME(spread_planes)(outputs, dy, y, clamp, x, blocks, pixels, weights, block, begin, end, \
                        dx, sums, sum_stride);                                                \
    break;

TARGET static void NAME(to_planes_gradient)(const float *dy, const float *y, float clamp,
                                            const float *x, int64_t blocks, int64_t pixels,
                                            const float *weights, int64_t outputs, int64_t block,
                                            int64_t begin, int64_t end, float *dx, float *sums,
                                            int64_t sum_stride) {
  switch (outputs) {
    SPREAD(1)
    SPREAD(2)
    SPREAD(3)
    SPREAD(4)
  }
}
#undef SPREAD
