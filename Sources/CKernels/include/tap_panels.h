#ifndef SEMBLANCE_TAP_PANELS_H
#define SEMBLANCE_TAP_PANELS_H
#include <stdint.h>

// The matrices of minimal filtering (winograd.h, strided_winograd.h) from the weights while a
// convolution runs: nine floats per pair of channels are read from memory instead of 36.

// One block of 16 outputs, `channels` channels of the depth: taps[tap * tap_stride + channel * 16]
// -> u[matrix * matrix_stride + channel * 16].
void semblance_winograd_tap_panels(int m, const float *taps, int64_t tap_stride, int64_t channels,
                                   float *u, int64_t matrix_stride);
void semblance_strided_tap_panels(int m, int direction, const float *taps, int64_t tap_stride,
                                  int64_t channels, float *u, int64_t matrix_stride);

// Of weights [outputs][inputs][9] times `gain` the taps of output block `block` and `depth_blocks`
// blocks of inputs from `first` on -> taps[9][depth_blocks * 16][16], in reverse order when
// `reversed`; channels that do not exist are zero. With `gradient` inputs and outputs change places.
void semblance_gathered_taps(const float *weights, int64_t outputs, int64_t inputs, int gradient,
                             float gain, int64_t block, int64_t first, int64_t depth_blocks,
                             int reversed, float *taps);

// packed[out_blocks][depth_blocks * 16][16] -> transposed[depth_blocks][out_blocks * 16][16], of
// depth blocks begin..<end.
void semblance_transposed_panels(const float *packed, int64_t depth_blocks, int64_t out_blocks,
                                 int64_t begin, int64_t end, float *transposed);
#endif
