#ifndef SEMBLANCE_BLOCKED_FILTER_H
#define SEMBLANCE_BLOCKED_FILTER_H
#include "epilogue.h"

// Separable filter of four taps per axis on blocked images, the blur of StyleGAN2's up-sampling
// convolution:
//   out[y, x] = sum over s, t of taps[s] taps[t] in[y - before + s, x - before + t]
// with zeros outside. Either an epilogue follows (forward), or the input first passes back through
// one (gradient: the mirrored taps, before = 3 - before of the forward direction).
typedef struct {
  const float *in;
  int64_t height, width, output_height, output_width, before;
  float taps[4];
  const semblance_epilogue *epilogue;             // or null
  const semblance_epilogue_gradient *gradient;    // or null
} semblance_blocked_filter_shape;

// Floats that a call needs as workspace.
int64_t semblance_blocked_filter_workspace(const semblance_blocked_filter_shape *shape);

// Output rows begin..<end of one block; `out` is the whole blocked result. With a gradient,
// sums + {0, 1, 2} * sum_stride receive this block's 16 sums (see epilogue.h) over the input rows
// sum_begin..<sum_end, which must be among those that the range reads.
void semblance_blocked_filter(const semblance_blocked_filter_shape *shape, int64_t block,
                              int64_t begin, int64_t end, float *out, float *workspace,
                              int64_t sum_begin, int64_t sum_end, float *sums,
                              int64_t sum_stride);
#endif
