#include "planes.h"

#include <string.h>

#include "isa_dispatch.h"

#define BODY "planes_body.h"
#include "levels.h"

void semblance_to_planes(const float *x, int64_t blocks, int64_t pixels, const float *weights,
                         int64_t outputs, const float *bias, float clamp, int64_t begin,
                         int64_t end, float *out) {
  CHOOSE_LEVEL(to_planes, (x, blocks, pixels, weights, outputs, bias, clamp, begin, end, out))
}

void semblance_to_planes_gradient(const float *dy, const float *y, float clamp, const float *x,
                                  int64_t blocks, int64_t pixels, const float *weights,
                                  int64_t outputs, int64_t block, int64_t begin, int64_t end,
                                  float *dx, float *sums, int64_t sum_stride) {
  CHOOSE_LEVEL(to_planes_gradient, (dy, y, clamp, x, blocks, pixels, weights, outputs, block, begin,
                                    end, dx, sums, sum_stride))
}

void semblance_pad_plane(const float *plane, int64_t height, int64_t width, int64_t padding,
                         float *padded) {
  const int64_t padded_width = width + 2 * padding;
  memset(padded, 0, (size_t)((height + 2 * padding) * padded_width) * sizeof(float));
  for (int64_t y = 0; y < height; y++) {
    memcpy(padded + (y + padding) * padded_width + padding, plane + y * width,
           (size_t)width * sizeof(float));
  }
}

void semblance_plane_weights(const float *weights, int64_t outputs, int64_t planes, int64_t taps,
                             float gain, float *packed) {
  const int64_t depth = planes * taps, blocks = (outputs + 15) / 16;
  for (int64_t i = 0; i < blocks * depth * 16; i++) {
    const int64_t output = i / (depth * 16) * 16 + i % 16;
    packed[i] = output < outputs ? gain * weights[output * depth + i / 16 % depth] : 0;
  }
}

void semblance_plane_gradient_weights(const float *weights, int64_t outputs, int64_t planes,
                                      int64_t taps, float gain, float *packed) {
  const int64_t depth = (outputs + 15) / 16 * 16, blocks = (4 * taps + 15) / 16;
  for (int64_t i = 0; i < blocks * depth * 16; i++) {
    const int64_t column = i / (depth * 16) * 16 + i % 16, output = i / 16 % depth;
    const int64_t tap = column / 4, plane = column % 4;
    const int exists = tap < taps && plane < planes && output < outputs;
    packed[i] = exists ? gain * weights[(output * planes + plane) * taps + tap] : 0;
  }
}

SEMBLANCE_BODY void semblance_plane_gradient_body(const semblance_plane_gradient_shape *s,
                                                  const float *columns, int64_t column_begin,
                                                  int64_t column_stride, int64_t begin,
                                                  int64_t end, float *gradient) {
  typedef float quad __attribute__((ext_vector_type(4)));
  for (int64_t y = begin; y < end; y++) {
    for (int64_t x = 0; x < s->width; x++) {
      quad sum = {0};
      for (int64_t i = 0; i < s->kernel; i++) {
        const int64_t down = y + s->padding - i;
        if (down < 0 || down % s->stride != 0 || down / s->stride >= s->output_height) continue;
        const int64_t row = down / s->stride - column_begin;
        for (int64_t j = 0; j < s->kernel; j++) {
          const int64_t across = x + s->padding - j;
          if (across < 0 || across % s->stride != 0 || across / s->stride >= s->output_width) {
            continue;
          }
          const int64_t tap = i * s->kernel + j;
          const int64_t pixel = row * s->output_width + across / s->stride;
          sum += *(const quad *)(columns + tap / 4 * column_stride + pixel * 16 + tap % 4 * 4);
        }
      }
      for (int64_t plane = 0; plane < s->plane_count; plane++) {
        gradient[(plane * s->height + y) * s->width + x] = sum[plane];
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_plane_gradient,
                 (const semblance_plane_gradient_shape *s, const float *columns,
                  int64_t column_begin, int64_t column_stride, int64_t begin, int64_t end,
                  float *gradient),
                 (s, columns, column_begin, column_stride, begin, end, gradient))
