#include "isa_dispatch.h"
#include "winograd.h"

#define BODY "winograd_input_body.h"
#include "winograd_levels.h"

void semblance_winograd_input(int m, const semblance_winograd_input_shape *shape, int64_t begin,
                              int64_t end, float *v, int64_t position_stride,
                              int64_t block_stride, float *sums) {
  WINOGRAD_CHOOSE(winograd_input, m,
                  (shape, begin, end, v, position_stride, block_stride, sums))
}
