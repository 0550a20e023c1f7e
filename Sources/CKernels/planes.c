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

static int64_t lanes_per_tap(int64_t planes) { return planes == 3 ? 3 : 4; }
static int64_t taps_per_block(int64_t planes) { return 16 / lanes_per_tap(planes); }

int64_t semblance_plane_gradient_blocks(int64_t planes, int64_t taps) {
  return (taps + taps_per_block(planes) - 1) / taps_per_block(planes);
}

void semblance_plane_gradient_weights(const float *weights, int64_t outputs, int64_t planes,
                                      int64_t taps, float gain, float *packed) {
  const int64_t depth = (outputs + 15) / 16 * 16;
  const int64_t blocks = semblance_plane_gradient_blocks(planes, taps);
  const int64_t lanes = lanes_per_tap(planes), per_block = taps_per_block(planes);
  for (int64_t i = 0; i < blocks * depth * 16; i++) {
    const int64_t block = i / (depth * 16), output = i / 16 % depth, lane = i % 16;
    const int64_t tap = block * per_block + lane / lanes, plane = lane % lanes;
    const int exists = lane / lanes < per_block && tap < taps && plane < planes && output < outputs;
    packed[i] = exists ? gain * weights[(output * planes + plane) * taps + tap] : 0;
  }
}

typedef float quad __attribute__((ext_vector_type(4), aligned(4)));

SEMBLANCE_BODY void semblance_plane_gradient_body(const semblance_plane_gradient_shape *s,
                                                  const float *columns, int64_t column_begin,
                                                  int64_t column_stride, int64_t begin,
                                                  int64_t end, float *gradient) {
  const int64_t lanes = lanes_per_tap(s->plane_count), per_block = taps_per_block(s->plane_count);
  const int64_t reach = s->kernel - 1 - s->padding, pixels = s->height * s->width;
  for (int64_t y = begin; y < end; y++) {
    for (int64_t x = 0; x < s->width; x++) {
      quad sum = {0};
      const int inside = s->stride == 1 && x >= reach && x + s->padding < s->output_width;
      for (int64_t i = 0; i < s->kernel; i++) {
        const int64_t down = y + s->padding - i;
        if (down < 0 || down % s->stride != 0 || down / s->stride >= s->output_height) continue;
        const int64_t row = (down / s->stride - column_begin) * s->output_width;
        int64_t block = i * s->kernel / per_block, slot = i * s->kernel % per_block;
        for (int64_t j = 0; j < s->kernel; j++) {
          int64_t across = x + s->padding - j;
          if (inside || (across >= 0 && across % s->stride == 0 &&
                         (across /= s->stride) < s->output_width)) {
            sum += *(const quad *)(columns + block * column_stride + (row + across) * 16 +
                                   slot * lanes);
          }
          if (++slot == per_block) {
            slot = 0;
            block++;
          }
        }
      }
      for (int64_t plane = 0; plane < s->plane_count; plane++) {
        gradient[plane * pixels + y * s->width + x] = sum[plane];
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_plane_gradient,
                 (const semblance_plane_gradient_shape *s, const float *columns,
                  int64_t column_begin, int64_t column_stride, int64_t begin, int64_t end,
                  float *gradient),
                 (s, columns, column_begin, column_stride, begin, end, gradient))
