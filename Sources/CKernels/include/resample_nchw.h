#ifndef SEMBLANCE_RESAMPLE_NCHW_H
#define SEMBLANCE_RESAMPLE_NCHW_H
#include <stdint.h>

// Zero-insertion upsampling, FIR filtering and decimation of one plane (formats spec 1.3):
// true convolution with `filter` [fh, fw], already multiplied by its gain. Negative padding crops.
typedef struct {
  int64_t height, width, output_height, output_width;
  int64_t filter_height, filter_width;
  int64_t up, down, pad_left, pad_top;
} semblance_fir;
void semblance_upfirdn(const float *plane, const float *filter, const semblance_fir *shape,
                       float *output);

// A linear map along one axis in rows of at most `taps` weights: output element i reads inputs
// start[i] ... start[i] + taps - 1 with weights[i * taps ...].
// Rows: out[y, x] = sum_t weights[y, t] in[start[y] + t, x].
void semblance_resample_rows(const float *plane, int64_t width, int64_t output_height,
                             const int32_t *start, const float *weights, int64_t taps,
                             float *output);
// Columns: out[y, x] = sum_t weights[x, t] in[y, start[x] + t].
void semblance_resample_columns(const float *plane, int64_t height, int64_t width,
                                int64_t output_width, const int32_t *start, const float *weights,
                                int64_t taps, float *output);
#endif
