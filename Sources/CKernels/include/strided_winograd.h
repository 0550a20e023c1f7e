#ifndef SEMBLANCE_STRIDED_WINOGRAD_H
#define SEMBLANCE_STRIDED_WINOGRAD_H
#include "epilogue.h"

// 3x3 convolution with stride 2 and its transpose, by minimal filtering of the taps of each parity:
// along one axis, the even pixels of the large image meet two taps (the first and the last), which
// F(m, 2) serves with m + 1 products per m pixels of the small image; the odd pixels meet the middle
// tap alone. Both axes: (2m + 1)^2 products per tile of m x m small pixels and 2m x 2m large ones,
// 81 instead of 144 for m = 4, 25 instead of 36 for m = 2. Points of F(4, 2): +-3/8, +-5/4,
// infinity; of F(2, 2): +-1, infinity.
//
// "Gather" is the strided convolution from large to small, small[i] = sum over a of w[a]
// large[2i + a - padding]; "spread" its transpose. The small image has height x width pixels, the
// large one any size up to 2 height + 1 - padding; what lies outside counts as zero.
//
// (m + 1)^2 + 2 (m + 1) + 1 matrices: 0 for odd rows and columns (the middle tap), then m + 1 for
// even rows with odd columns, m + 1 for odd rows with even columns, (m + 1)^2 for both even. Matrix
// g multiplies rows offset[g]..<offset[g + 1] of V[block][row][16] and gives the same rows of M.
// Tiles count row by row over the small image.

enum { SEMBLANCE_GATHER = 0, SEMBLANCE_SPREAD = 1 };

// Number of matrices, 16 (m = 2) or 36 (m = 4).
int64_t semblance_strided_matrices(int m);

// Weights [K, C, 3, 3] -> U[matrix][output block][depth][16]. `swapped` exchanges the roles of K
// and C: output channels are then C and the depth K. Every weight is multiplied by `gain`.
void semblance_strided_weights(int m, int direction, const float *weights, int64_t outputs,
                               int64_t inputs, int swapped, float gain, int64_t begin,
                               int64_t end, float *u);

typedef struct {
  const float *image;              // the small one (spread) or the large one (gather), blocked
  const float *scale;              // per channel, or null
  int64_t blocks;
  int64_t height, width;           // small image
  int64_t large_height, large_width, padding;
} semblance_strided_shape;

// Row offsets of tiles begin..<end, one more than there are matrices.
void semblance_strided_offsets(int m, int direction, const semblance_strided_shape *shape,
                               int64_t begin, int64_t end, int64_t *offsets);

// Input tiles begin..<end of blocks block_begin..<block_end; block b goes to v + b * block_stride.
void semblance_strided_input(int m, int direction, const semblance_strided_shape *shape,
                             int64_t block_begin, int64_t block_end, int64_t begin, int64_t end,
                             float *v, int64_t block_stride);

// Output tiles begin..<end of blocks block_begin..<block_end from m[(block - block_begin) *
// block_stride ...]. Spread writes the large image `out` as it is; gather applies `epilogue` and
// sums like semblance_winograd_output.
void semblance_strided_spread(int m, const semblance_strided_shape *shape, int64_t block_begin,
                              int64_t block_end, int64_t begin, int64_t end,
                              const float *products, int64_t block_stride, float *out);
void semblance_strided_gather(int m, const semblance_strided_shape *shape,
                              const semblance_epilogue *epilogue, const float *weighting,
                              int64_t block_begin, int64_t block_end, int64_t begin, int64_t end,
                              const float *products, int64_t block_stride, float *out,
                              float *sums);
#endif
