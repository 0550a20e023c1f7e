#ifndef SEMBLANCE_GRID_H
#define SEMBLANCE_GRID_H
#include <stdint.h>

// Places of a grid on planes [height][width][16]: place (i, j) lies between pixels row_low[i] and
// row_low[i] + 1, column_low[j] and column_low[j] + 1. A fraction of 0 reads the first alone.
typedef struct {
  int64_t height, width, rows, columns;
  const int32_t *row_low, *column_low;
  const float *row_fraction, *column_fraction;
} semblance_grid;

// out[rows][columns][16] = (accumulate: +=) the bilinear interpolation at each place.
void semblance_grid_gather(const semblance_grid *grid, const float *plane, int accumulate,
                           float *out);

// plane += the transpose: every place's gradient spread to its pixels.
void semblance_grid_spread(const semblance_grid *grid, const float *gradient, float *plane);

// values = max(values + bias[16], 0) for pixels of 16 channels.
void semblance_add_rectified(float *values, const float *bias, int64_t pixels);

// out = y > 0 ? gradient : 0, and sums[16] = their sums.
void semblance_rectified_gradient(const float *gradient, const float *y, int64_t pixels,
                                  float *out, float *sums);
#endif
