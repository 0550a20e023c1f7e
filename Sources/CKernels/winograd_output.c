#include "isa_dispatch.h"
#include "winograd.h"

#define BODY "winograd_output_body.h"
#include "winograd_levels.h"

void semblance_winograd_output(int m, const semblance_winograd_output_shape *shape,
                               int64_t block_begin, int64_t block_end, int64_t begin, int64_t end,
                               const float *products, int64_t position_stride,
                               int64_t block_stride, float *sums) {
  WINOGRAD_CHOOSE(winograd_output, m,
                  (shape, block_begin, block_end, begin, end, products, position_stride,
                   block_stride, sums))
}
