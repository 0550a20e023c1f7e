#include "grid.h"

#include "isa_dispatch.h"

#define BODY "grid_body.h"
#include "levels.h"

void semblance_grid_gather(const semblance_grid *grid, const float *plane, int accumulate,
                           float *out) {
  CHOOSE_LEVEL(grid_gather, (grid, plane, accumulate, out))
}

void semblance_grid_spread(const semblance_grid *grid, const float *gradient, float *plane) {
  CHOOSE_LEVEL(grid_spread, (grid, gradient, plane))
}

void semblance_add_rectified(float *values, const float *bias, int64_t pixels) {
  CHOOSE_LEVEL(add_rectified, (values, bias, pixels))
}

void semblance_rectified_gradient(const float *gradient, const float *y, int64_t pixels, float *out,
                                  float *sums) {
  CHOOSE_LEVEL(rectified_gradient, (gradient, y, pixels, out, sums))
}
