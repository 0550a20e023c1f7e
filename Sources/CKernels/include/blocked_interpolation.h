#ifndef SEMBLANCE_BLOCKED_INTERPOLATION_H
#define SEMBLANCE_BLOCKED_INTERPOLATION_H
#include <stdint.h>

// A linear map along both axes of one block [height, width, 16] (see semblance_resample_rows): row
// y of the result reads the source rows row_start[y] ... with weights row_weights[y * row_taps ...];
// likewise for columns.
typedef struct {
  const int32_t *row_start, *column_start;
  const float *row_weights, *column_weights;
  int64_t row_taps, column_taps;
  int64_t source_width, width;
} semblance_interpolation;

// Adds rows begin..<end of the interpolated source to `out`, which points to row `begin`.
// `workspace` has room for source_width pixels.
void semblance_add_interpolated(const float *source, const semblance_interpolation *map,
                                int64_t begin, int64_t end, float *out, float *workspace);

// The transpose: takes rows begin..<end of the gradient (`gradient` points to row `begin`) back to
// the source and adds them there. `row_start` must not fall; `workspace` has room for row_taps * width
// pixels.
void semblance_add_interpolated_gradient(const float *gradient,
                                         const semblance_interpolation *map, int64_t begin,
                                         int64_t end, float *source_gradient, float *workspace);
#endif
