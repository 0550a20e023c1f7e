#include "isa_dispatch.h"
#include "planes.h"

#define BODY "plane_convolution_body.h"
#include "register_tiles.h"

void semblance_plane_convolution(const semblance_plane_shape *shape, const float *weights,
                                 const semblance_epilogue *epilogue, int64_t output_pixels,
                                 int64_t block_begin, int64_t block_end, int64_t begin,
                                 int64_t end, float *out) {
#if defined(__x86_64__)
  switch (semblance_isa_in_force()) {
    case SEMBLANCE_ISA_AVX512:
      plane_convolution_avx512(shape, weights, epilogue, output_pixels, block_begin, block_end,
                               begin, end, out);
      return;
    case SEMBLANCE_ISA_AVX2:
      plane_convolution_avx2(shape, weights, epilogue, output_pixels, block_begin, block_end, begin,
                             end, out);
      return;
  }
#endif
  plane_convolution_portable(shape, weights, epilogue, output_pixels, block_begin, block_end, begin,
                             end, out);
}
