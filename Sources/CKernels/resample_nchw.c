#include "resample_nchw.h"

#include <string.h>

#include "isa_dispatch.h"

static inline __attribute__((always_inline)) int64_t ceil_divide(int64_t a, int64_t b) {
  return a >= 0 ? (a + b - 1) / b : -((-a) / b);
}

static inline __attribute__((always_inline)) int64_t greatest_common_divisor(int64_t a, int64_t b) {
  while (b != 0) {
    const int64_t r = a % b;
    a = b;
    b = r;
  }
  return a;
}

SEMBLANCE_BODY void semblance_upfirdn_body(const float *plane, const float *filter,
                                           const semblance_fir *s, float *output) {
  const int64_t up = s->up, down = s->down, divisor = greatest_common_divisor(up, down);
  for (int64_t y = 0; y < s->output_height; y++) {
    float *row = output + y * s->output_width;
    memset(row, 0, (size_t)s->output_width * sizeof(float));
    for (int64_t i = 0; i < s->filter_height; i++) {
      const int64_t position = y * down + i - s->pad_top;
      if (position < 0 || position % up != 0 || position / up >= s->height) continue;
      const float *source = plane + (position / up) * s->width;
      for (int64_t j = 0; j < s->filter_width; j++) {
        // A convolution: the tap at offset (i, j) is the filter mirrored in both axes.
        const float tap = filter[(s->filter_height - 1 - i) * s->filter_width +
                                 (s->filter_width - 1 - j)];
        // Outputs x with x * down + j - pad_left = up * k, 0 <= k < width.
        const int64_t offset = j - s->pad_left;
        int64_t x = ceil_divide(-offset, down);
        if (x < 0) x = 0;
        int64_t tries = 0;
        while (tries < up && (x * down + offset) % up != 0) x++, tries++;
        if (tries == up) continue;
        // The next output of the same phase is `step` further, its input `stride` further.
        const int64_t step = up / divisor, stride = down / divisor;
        const int64_t limit = s->width * up - offset;  // x * down < limit
        int64_t end = ceil_divide(limit, down);
        if (end > s->output_width) end = s->output_width;
        if (x >= end) continue;
        const float *first = source + (x * down + offset) / up;
        const int64_t count = (end - x + step - 1) / step;
        float *target = row + x;
        if (step == 1 && stride == 1) {
          for (int64_t k = 0; k < count; k++) target[k] += tap * first[k];
        } else {
          for (int64_t k = 0; k < count; k++) target[k * step] += tap * first[k * stride];
        }
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_upfirdn,
                 (const float *plane, const float *filter, const semblance_fir *s, float *output),
                 (plane, filter, s, output))

SEMBLANCE_BODY void semblance_resample_rows_body(const float *plane, int64_t width,
                                                 int64_t output_height, const int32_t *start,
                                                 const float *weights, int64_t taps,
                                                 float *output) {
  for (int64_t y = 0; y < output_height; y++) {
    float *row = output + y * width;
    memset(row, 0, (size_t)width * sizeof(float));
    for (int64_t t = 0; t < taps; t++) {
      const float weight = weights[y * taps + t];
      if (weight == 0) continue;
      const float *source = plane + (start[y] + t) * width;
      for (int64_t x = 0; x < width; x++) row[x] += weight * source[x];
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_resample_rows,
                 (const float *plane, int64_t width, int64_t output_height, const int32_t *start,
                  const float *weights, int64_t taps, float *output),
                 (plane, width, output_height, start, weights, taps, output))

SEMBLANCE_BODY void semblance_resample_columns_body(const float *plane, int64_t height,
                                                    int64_t width, int64_t output_width,
                                                    const int32_t *start, const float *weights,
                                                    int64_t taps, float *output) {
  for (int64_t y = 0; y < height; y++) {
    const float *row = plane + y * width;
    for (int64_t x = 0; x < output_width; x++) {
      float sum = 0;
      // Rows near the end may have fewer than `taps` weights: the rest are zero.
      for (int64_t t = 0; t < taps; t++) {
        const float weight = weights[x * taps + t];
        if (weight != 0) sum += weight * row[start[x] + t];
      }
      output[y * output_width + x] = sum;
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_resample_columns,
                 (const float *plane, int64_t height, int64_t width, int64_t output_width,
                  const int32_t *start, const float *weights, int64_t taps, float *output),
                 (plane, height, width, output_width, start, weights, taps, output))
