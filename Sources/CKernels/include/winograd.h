#ifndef SEMBLANCE_WINOGRAD_H
#define SEMBLANCE_WINOGRAD_H
#include "blocked.h"
#include "epilogue.h"

// 3x3 convolution, stride 1, zero padding 1, by minimal filtering (Winograd 1980; Lavin & Gray
// 2016): F(m x m, 3 x 3) with m = 4 or 2 turns a tile of (m + 2)^2 pixels into as many products
// per pair of channels. Points of F(4): 0, +-5/8, +-3/2, infinity (all constants exact in binary;
// less than half the rounding error of 0, +-1, +-2); of F(2): 0, +-1, infinity.
//
// Three stages, each split by the caller: input tiles -> V[position][block][tile][16], one panel
// product per position -> M[position][block][tile][16], output tiles. Tiles count row by row.

// Weights [K, C, 3, 3] -> U[position][K block][C][16]. With `gradient` the transposed convolution:
// U[position][C block][K][16] of the flipped kernels. Every weight is multiplied by `gain`. Works on
// output blocks begin..<end; `depth` of the product is rounded up to whole blocks and zero there.
void semblance_winograd_weights(int m, const float *weights, int64_t outputs, int64_t inputs,
                                int gradient, float gain, int64_t begin, int64_t end, float *u);

typedef struct {
  const float *x;                  // blocked image, or the gradient dy
  int64_t blocks, height, width;
  const float *scale;              // per channel, or null
  const semblance_epilogue_gradient *gradient;  // or null; then `scale` is not used
} semblance_winograd_input_shape;

// Input tiles begin..<end of all blocks to v[position * position_stride + block * block_stride +
// (tile - begin) * 16]. With a gradient, sums[3][blocks * 16] receives this range's three sums per
// channel (null when they are not wanted).
void semblance_winograd_input(int m, const semblance_winograd_input_shape *shape, int64_t begin,
                              int64_t end, float *v, int64_t position_stride,
                              int64_t block_stride, float *sums);

typedef struct {
  float *y;
  int64_t height, width;
  const semblance_epilogue *epilogue;
  const float *weighting;  // blocked like y, or null: factor in the sums below
} semblance_winograd_output_shape;

// Output tiles begin..<end of blocks block_begin..<block_end from m[position * position_stride +
// (block - block_begin) * block_stride + (tile - begin) * 16]. With a weighting, sums[block][16]
// receives per channel the sum over this range's pixels of z weighting (z before the epilogue).
void semblance_winograd_output(int m, const semblance_winograd_output_shape *shape,
                               int64_t block_begin, int64_t block_end, int64_t begin, int64_t end,
                               const float *products, int64_t position_stride,
                               int64_t block_stride, float *sums);
#endif
