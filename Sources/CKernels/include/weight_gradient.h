#ifndef SEMBLANCE_WEIGHT_GRADIENT_H
#define SEMBLANCE_WEIGHT_GRADIENT_H
#include <stdint.h>

// The gradient of convolution weights from images in the blocked layout. Strides count pixels of 16
// floats. A tile has the pixels (segment, row, column) of one or several images; under tap (a, b)
// such a pixel meets
//   x[segment x_segment + (row + a x_tap) x_row + column + b x_tap] and
//   h[segment h_segment + (row h_step + a h_tap) h_row + column h_step + b h_tap].
typedef struct {
  int64_t segments, rows, columns, kernel;
  int64_t x_segment, x_row, x_tap;
  int64_t h_segment, h_row, h_step, h_tap;
} semblance_weight_tile;

// sums[tap][16][16] (output, input) += sum over pixels of h x^T, for one block of each.
void semblance_weight_gradient(const semblance_weight_tile *tile, const float *x, const float *h,
                               float *sums);

// Rows first..<first + rows of a plane [height][width][16], times scale[16] (or null), with `margin`
// zero pixels left and right; rows outside the plane are zero.
void semblance_padded_rows(const float *plane, int64_t height, int64_t width, const float *scale,
                           int64_t first, int64_t rows, int64_t margin, float *out);

// The transpose of a blur with four taps: `rows` rows of `columns` pixels from rows + 3 rows of
// columns + 3 pixels, out[j][m] = sum over s, t of taps[s] taps[t] h[j + s][m + t].
// `scratch` has room for one row of h.
void semblance_spread_blur(const float *h, int64_t rows, int64_t columns, const float *taps,
                           float *scratch, float *out);

// sums[plane][16] += sum over pixels begin..<end of planes[plane] x, for one block of x.
void semblance_plane_products(const float *planes, int64_t count, int64_t pixels, const float *x,
                              int64_t begin, int64_t end, float *sums);
#endif
