#ifndef SEMBLANCE_PANEL_PRODUCT_H
#define SEMBLANCE_PANEL_PRODUCT_H
#include <stdint.h>

// Matrix product with a prepacked right side, on blocked operands:
//   out[kb][row][16] (+)= sum over c of a[c / 16][row][c % 16] * b[kb][c][16]
// Rows are 16 floats apart in `a` and in `out`; blocks are as far apart as the strides say.
typedef struct {
  const float *a;
  int64_t a_block_stride;
  const float *b;
  int64_t b_block_stride;  // usually depth_blocks * 256
  float *out;
  int64_t out_block_stride;
  int64_t rows, depth_blocks, out_blocks;
  int accumulate;
} semblance_panel_operands;

void semblance_panel_product(const semblance_panel_operands *operands);
#endif
