#include "panel_product.h"

#include "isa_dispatch.h"

#define BODY "panel_product_body.h"
#include "register_tiles.h"

void semblance_panel_product(const semblance_panel_operands *operands) {
#if defined(__x86_64__)
  switch (semblance_isa_in_force()) {
    case SEMBLANCE_ISA_AVX512: panel_product_avx512(operands); return;
    case SEMBLANCE_ISA_AVX2: panel_product_avx2(operands); return;
  }
#endif
  panel_product_portable(operands);
}
