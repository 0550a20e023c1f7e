#ifndef SEMBLANCE_TAP_PANELS_H
#define SEMBLANCE_TAP_PANELS_H
#include <stdint.h>

// The weights of minimal filtering (winograd.h, strided_winograd.h) from those of the patches while a
// convolution runs: nine floats per pair of channels are read from memory instead of 36.

// One block of 16 outputs, `channels` channels of the depth: taps[tap * tap_stride + channel * 16]
// -> u[matrix * matrix_stride + channel * 16].
void semblance_winograd_tap_panels(int m, const float *taps, int64_t tap_stride, int64_t channels,
                                   float *u, int64_t matrix_stride);
void semblance_strided_tap_panels(int m, int direction, const float *taps, int64_t tap_stride,
                                  int64_t channels, float *u, int64_t matrix_stride);

// The taps of the transposed convolution: of packed[depth block][9][depth][16] (`depth` floats of 16
// outputs per tap, see semblance_patch_weights) those of output block `block` and `depth_blocks`
// depth blocks -> taps[9][depth_blocks * 16][16], in reverse order when `reversed`.
void semblance_transposed_taps(const float *packed, int64_t depth, int64_t block,
                               int64_t depth_blocks, int reversed, float *taps);
#endif
