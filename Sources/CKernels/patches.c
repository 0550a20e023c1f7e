#include "patches.h"

#include "isa_dispatch.h"

SEMBLANCE_BODY void semblance_blocked_patches_body(const semblance_patch_shape *s, int64_t begin,
                                                   int64_t end, float *patches,
                                                   int64_t block_stride) {
  for (int64_t tap = 0; tap < s->kernel_height * s->kernel_width; tap++) {
    const int64_t down = tap / s->kernel_width - s->padding;
    const int64_t across = tap % s->kernel_width - s->padding;
    for (int64_t block = 0; block < s->blocks; block++) {
      const float *plane = s->x + block * s->height * s->width * 16;
      float *target = patches + (tap * s->blocks + block) * block_stride;
      float factor[16];
      for (int lane = 0; lane < 16; lane++) {
        factor[lane] = s->scale ? s->scale[block * 16 + lane] : 1;
      }
      int64_t row = begin / s->output_width, column = begin % s->output_width;
      for (int64_t pixel = begin; pixel < end; pixel++, target += 16) {
        const int64_t y = row * s->stride + down, x = column * s->stride + across;
        if (y >= 0 && y < s->height * s->dilation && x >= 0 && x < s->width * s->dilation &&
            (s->dilation == 1 || (y % s->dilation == 0 && x % s->dilation == 0))) {
          const float *source = plane + (y / s->dilation * s->width + x / s->dilation) * 16;
          for (int lane = 0; lane < 16; lane++) target[lane] = source[lane] * factor[lane];
        } else {
          for (int lane = 0; lane < 16; lane++) target[lane] = 0;
        }
        if (++column == s->output_width) {
          column = 0;
          row++;
        }
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_blocked_patches,
                 (const semblance_patch_shape *s, int64_t begin, int64_t end, float *patches,
                  int64_t block_stride),
                 (s, begin, end, patches, block_stride))

void semblance_patch_weights(const float *weights, int64_t outputs, int64_t inputs, int64_t taps,
                             int gradient, float gain, int64_t begin, int64_t end, float *packed) {
  const int64_t out_count = gradient ? inputs : outputs, depth = gradient ? outputs : inputs;
  const int64_t padded_depth = (depth + 15) / 16 * 16;
  const int64_t out_stride = gradient ? taps : inputs * taps;
  const int64_t depth_stride = gradient ? inputs * taps : taps;
  for (int64_t block = begin; block < end; block++) {
    for (int64_t c = 0; c < padded_depth; c++) {
      for (int64_t tap = 0; tap < taps; tap++) {
        float *target = packed + ((block * taps + tap) * padded_depth + c) * 16;
        const float *source = weights + c * depth_stride + (gradient ? taps - 1 - tap : tap);
        for (int64_t lane = 0; lane < 16; lane++) {
          const int64_t channel = block * 16 + lane;
          target[lane] = c < depth && channel < out_count ? gain * source[channel * out_stride] : 0;
        }
      }
    }
  }
}
