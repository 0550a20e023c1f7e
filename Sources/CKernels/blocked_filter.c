#include "blocked_filter.h"

#include "isa_dispatch.h"

#define BODY "blocked_filter_body.h"
#include "levels.h"

int64_t semblance_blocked_filter_workspace(const semblance_blocked_filter_shape *shape) {
  return (4 * shape->output_width + shape->width) * 16;
}

void semblance_blocked_filter(const semblance_blocked_filter_shape *shape, int64_t block,
                              int64_t begin, int64_t end, float *out, float *workspace,
                              int64_t sum_begin, int64_t sum_end, float *sums,
                              int64_t sum_stride) {
  CHOOSE_LEVEL(blocked_filter, (shape, block, begin, end, out, workspace, sum_begin, sum_end, sums,
                                sum_stride))
}
