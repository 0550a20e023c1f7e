#ifndef SEMBLANCE_BLOCKED_POOL_H
#define SEMBLANCE_BLOCKED_POOL_H
#include <stdint.h>

// Largest of every 2x2 pixels of blocked images, stride 2, for output rows begin..<end of one
// block; `x` and `y` are the block's planes. An odd last row or column is left out.
void semblance_blocked_max_pool(const float *x, int64_t height, int64_t width, int64_t begin,
                                int64_t end, float *y);
// Its gradient: dy goes to the first of the largest pixels, in reading order. Fills the two rows
// of `dx` that belong to each output row in begin..<end, and an odd last column; an odd last row
// when end is the number of output rows.
void semblance_blocked_max_pool_gradient(const float *x, const float *y, const float *dy,
                                         int64_t height, int64_t width, int64_t begin, int64_t end,
                                         float *dx);
#endif
