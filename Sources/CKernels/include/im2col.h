#ifndef SEMBLANCE_IM2COL_H
#define SEMBLANCE_IM2COL_H
#include <stdint.h>

// A convolution window over one image [channels, height, width].
typedef struct {
  int64_t height, width;                // input
  int64_t kernel_height, kernel_width;
  int64_t stride, padding;
  int64_t output_height, output_width;
} semblance_window;

// columns[((c * kh) + i) * kw + j, r * ow + x] = image[c, (row0 + r) * s + i - p, x * s + j - p],
// zero outside, for `rows` output rows from `row0` and channels 0..<channels.
void semblance_im2col(const float *image, int64_t channels, const semblance_window *window,
                      int64_t row0, int64_t rows, float *columns);
// Adds columns back to where they came from.
void semblance_col2im(const float *columns, int64_t channels, const semblance_window *window,
                      int64_t row0, int64_t rows, float *image);
#endif
