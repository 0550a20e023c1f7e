#ifndef SEMBLANCE_PATCHES_H
#define SEMBLANCE_PATCHES_H
#include <stdint.h>

// Convolution of blocked images as one panel product: the patches of a range of output pixels side
// by side, patches[tap * blocks + block][pixel][16], against weights [K block][tap][C][16].
typedef struct {
  const float *x;      // blocked input
  const float *scale;  // factor per input channel, or null
  int64_t blocks, height, width;
  int64_t kernel_height, kernel_width, stride, padding;
  int64_t dilation;    // the input counts as spread out with dilation - 1 zeros between pixels
  int64_t output_width;
} semblance_patch_shape;

// Patches of output pixels begin..<end (counted row by row); blocks of the result are block_stride
// floats apart.
void semblance_blocked_patches(const semblance_patch_shape *shape, int64_t begin, int64_t end,
                               float *patches, int64_t block_stride);

// Weights [K, C, taps] times `gain` -> [K block][tap][C][16], C rounded up to whole blocks. With
// `gradient`: [C block][tap][K][16] with the taps in reverse order. Output blocks begin..<end.
void semblance_patch_weights(const float *weights, int64_t outputs, int64_t inputs, int64_t taps,
                             int gradient, float gain, int64_t begin, int64_t end, float *packed);
#endif
