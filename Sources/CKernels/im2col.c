#include "im2col.h"

#include <string.h>

#include "isa_dispatch.h"

// First and one past the last output column whose input column `x * s + offset` is inside.
SEMBLANCE_BODY void valid_range(int64_t offset, int64_t stride, int64_t width, int64_t count,
                                int64_t *first, int64_t *end) {
  int64_t a = offset < 0 ? (-offset + stride - 1) / stride : 0;
  int64_t b = width - offset > 0 ? (width - offset + stride - 1) / stride : 0;
  if (b > count) b = count;
  if (a > b) a = b;
  *first = a;
  *end = b;
}

SEMBLANCE_BODY void semblance_im2col_body(const float *image, int64_t channels,
                                          const semblance_window *w, int64_t row0, int64_t rows,
                                          float *columns) {
  const int64_t ow = w->output_width;
  for (int64_t c = 0; c < channels; c++) {
    const float *plane = image + c * w->height * w->width;
    for (int64_t i = 0; i < w->kernel_height; i++) {
      for (int64_t j = 0; j < w->kernel_width; j++) {
        int64_t first, end;
        valid_range(j - w->padding, w->stride, w->width, ow, &first, &end);
        for (int64_t r = 0; r < rows; r++, columns += ow) {
          const int64_t y = (row0 + r) * w->stride + i - w->padding;
          if (y < 0 || y >= w->height) {
            memset(columns, 0, (size_t)ow * sizeof(float));
            continue;
          }
          const float *source = plane + y * w->width + (j - w->padding);
          for (int64_t x = 0; x < first; x++) columns[x] = 0;
          if (w->stride == 1) {
            memcpy(columns + first, source + first, (size_t)(end - first) * sizeof(float));
          } else {
            for (int64_t x = first; x < end; x++) columns[x] = source[x * w->stride];
          }
          for (int64_t x = end; x < ow; x++) columns[x] = 0;
        }
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_im2col,
                 (const float *image, int64_t channels, const semblance_window *w, int64_t row0,
                  int64_t rows, float *columns),
                 (image, channels, w, row0, rows, columns))

SEMBLANCE_BODY void semblance_col2im_body(const float *columns, int64_t channels,
                                          const semblance_window *w, int64_t row0, int64_t rows,
                                          float *image) {
  const int64_t ow = w->output_width;
  for (int64_t c = 0; c < channels; c++) {
    float *plane = image + c * w->height * w->width;
    for (int64_t i = 0; i < w->kernel_height; i++) {
      for (int64_t j = 0; j < w->kernel_width; j++) {
        int64_t first, end;
        valid_range(j - w->padding, w->stride, w->width, ow, &first, &end);
        for (int64_t r = 0; r < rows; r++, columns += ow) {
          const int64_t y = (row0 + r) * w->stride + i - w->padding;
          if (y < 0 || y >= w->height) continue;
          float *target = plane + y * w->width + (j - w->padding);
          if (w->stride == 1) {
            for (int64_t x = first; x < end; x++) target[x] += columns[x];
          } else {
            for (int64_t x = first; x < end; x++) target[x * w->stride] += columns[x];
          }
        }
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_col2im,
                 (const float *columns, int64_t channels, const semblance_window *w, int64_t row0,
                  int64_t rows, float *image),
                 (columns, channels, w, row0, rows, image))
