#include "isa_dispatch.h"
#include "strided_winograd.h"

#define BODY "strided_output_body.h"
#include "winograd_levels.h"

void semblance_strided_spread(int m, const semblance_strided_shape *shape, int64_t block_begin,
                              int64_t block_end, int64_t begin, int64_t end,
                              const float *products, int64_t block_stride, float *out) {
  int64_t offsets[37];
  semblance_strided_offsets(m, SEMBLANCE_SPREAD, shape, begin, end, offsets);
  WINOGRAD_CHOOSE(strided_spread, m,
                  (shape, offsets, block_begin, block_end, begin, end, products, block_stride, out))
}

void semblance_strided_gather(int m, const semblance_strided_shape *shape,
                              const semblance_epilogue *epilogue, const float *weighting,
                              int64_t block_begin, int64_t block_end, int64_t begin, int64_t end,
                              const float *products, int64_t block_stride, float *out,
                              float *sums) {
  int64_t offsets[37];
  semblance_strided_offsets(m, SEMBLANCE_GATHER, shape, begin, end, offsets);
  WINOGRAD_CHOOSE(strided_gather, m,
                  (shape, epilogue, weighting, offsets, block_begin, block_end, begin, end, products,
                   block_stride, out, sums))
}
