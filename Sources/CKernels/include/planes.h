#ifndef SEMBLANCE_PLANES_H
#define SEMBLANCE_PLANES_H
#include "epilogue.h"

// Between planar images of at most four channels (pictures) and blocked ones.

enum { SEMBLANCE_MOST_PLANES = 4 };

// 1x1 convolution to planes: out[o, p] = clamp(sum over c of weights[o, c] x[c, p] + bias[o]) for
// pixels begin..<end; weights [outputs, blocks * 16], bias null or [outputs], outputs <= 4.
void semblance_to_planes(const float *x, int64_t blocks, int64_t pixels, const float *weights,
                         int64_t outputs, const float *bias, float clamp, int64_t begin,
                         int64_t end, float *out);

// Its gradient for one block and pixels begin..<end: with h[o, p] = |y| < clamp ? dy : 0,
//   dx[c, p] = sum over o of weights[o, c] h[o, p];   sums[o * sum_stride + lane] = sum over these
// pixels of h[o, p] x[c, p] (null when not wanted).
void semblance_to_planes_gradient(const float *dy, const float *y, float clamp, const float *x,
                                  int64_t blocks, int64_t pixels, const float *weights,
                                  int64_t outputs, int64_t block, int64_t begin, int64_t end,
                                  float *dx, float *sums, int64_t sum_stride);

// Convolution of padded planes [planes, padded height, padded width] with square kernels.
typedef struct {
  const float *planes;
  int64_t plane_count, padded_height, padded_width;
  int64_t kernel, stride;
  int64_t output_width;
} semblance_plane_shape;

// Copies one plane [height, width] into the middle of zeros.
void semblance_pad_plane(const float *plane, int64_t height, int64_t width, int64_t padding,
                         float *padded);

// Output rows begin..<end of blocks block_begin..<block_end (`output_pixels` apart times 16), with
// the epilogue; weights [K block][plane][tap][16] as packed by semblance_patch_weights with one
// tap per plane and tap.
void semblance_plane_convolution(const semblance_plane_shape *shape, const float *weights,
                                 const semblance_epilogue *epilogue, int64_t output_pixels,
                                 int64_t block_begin, int64_t block_end, int64_t begin,
                                 int64_t end, float *out);

// The same for 3x3 with stride 1 and padding 1 of planes without padding, by minimal filtering,
// F(4 x 4, 3 x 3) of winograd.h, here with the points 0, +-3/4, +-3/2 and infinity: tile rows
// begin..<end of all blocks.
typedef struct {
  const float *planes;
  int64_t plane_count, height, width;
} semblance_plane_winograd_shape;
void semblance_plane_winograd(const semblance_plane_winograd_shape *shape, const float *weights,
                              const semblance_epilogue *epilogue, int64_t blocks, int64_t begin,
                              int64_t end, float *out);

// Weights [K, planes, 3, 3] times `gain` -> [K block][position][plane][16].
void semblance_plane_winograd_weights(const float *weights, int64_t outputs, int64_t planes,
                                      float gain, float *packed);

// Weights [K, planes, taps] times `gain` -> [K block][plane][tap][16].
void semblance_plane_weights(const float *weights, int64_t outputs, int64_t planes, int64_t taps,
                             float gain, float *packed);
// Weights for the gradient: [column block][K][16]. A column block has the planes of four taps, four
// lanes for each; of three planes five taps, three lanes for each.
int64_t semblance_plane_gradient_blocks(int64_t planes, int64_t taps);
void semblance_plane_gradient_weights(const float *weights, int64_t outputs, int64_t planes,
                                      int64_t taps, float gain, float *packed);

// Adds up the gradient of rows begin..<end of the planes from columns[column block][pixel][16],
// which hold rows column_begin... of the output's gradient times the weights above.
typedef struct {
  int64_t plane_count, height, width;  // of the planes, without padding
  int64_t kernel, stride, padding;
  int64_t output_height, output_width;
} semblance_plane_gradient_shape;
void semblance_plane_gradient(const semblance_plane_gradient_shape *shape, const float *columns,
                              int64_t column_begin, int64_t column_stride, int64_t begin,
                              int64_t end, float *gradient);
#endif
