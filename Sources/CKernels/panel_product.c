#include "panel_product.h"

#include "isa_dispatch.h"

// Register tiles: 14 x 32 with 32 registers of 16 floats, 6 x 16 with 16 registers of 8 floats, as
// the best that leave room for the right side and one broadcast value.
#if defined(__x86_64__)
#define LANES 16
#define MAX_ROWS 14
#define MAX_BLOCKS 2
#define NAME(x) x##_avx512
#define TARGET SEMBLANCE_TARGET_AVX512
#include "panel_product_body.h"
#undef LANES
#undef MAX_ROWS
#undef MAX_BLOCKS
#undef NAME
#undef TARGET
#define LANES 8
#define MAX_ROWS 6
#define MAX_BLOCKS 1
#define NAME(x) x##_avx2
#define TARGET SEMBLANCE_TARGET_AVX2
#include "panel_product_body.h"
#undef LANES
#undef MAX_ROWS
#undef MAX_BLOCKS
#undef NAME
#undef TARGET
#endif

#define LANES 4
#if defined(__aarch64__)
#define MAX_ROWS 6
#else
#define MAX_ROWS 2
#endif
#define MAX_BLOCKS 1
#define NAME(x) x##_portable
#define TARGET
#include "panel_product_body.h"

void semblance_panel_product(const semblance_panel_operands *operands) {
#if defined(__x86_64__)
  switch (semblance_isa_in_force) {
    case SEMBLANCE_ISA_AVX512: panel_product_avx512(operands); return;
    case SEMBLANCE_ISA_AVX2: panel_product_avx2(operands); return;
  }
#endif
  panel_product_portable(operands);
}
