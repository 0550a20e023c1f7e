#include "weight_gradient.h"

#include "isa_dispatch.h"

#define BODY "weight_gradient_body.h"
#include "levels.h"

void semblance_weight_gradient(const semblance_weight_tile *tile, const float *x, const float *h,
                               float *sums) {
  CHOOSE_LEVEL(weight_gradient, (tile, x, h, sums))
}

void semblance_padded_rows(const float *plane, int64_t height, int64_t width, const float *scale,
                           int64_t first, int64_t rows, int64_t margin, float *out) {
  CHOOSE_LEVEL(padded_rows, (plane, height, width, scale, first, rows, margin, out))
}

void semblance_spread_blur(const float *h, int64_t rows, int64_t columns, const float *taps,
                           float *scratch, float *out) {
  CHOOSE_LEVEL(spread_blur, (h, rows, columns, taps, scratch, out))
}

void semblance_plane_products(const float *planes, int64_t count, int64_t pixels, const float *x,
                              int64_t begin, int64_t end, float *sums) {
  CHOOSE_LEVEL(plane_products, (planes, count, pixels, x, begin, end, sums))
}
