// Included once per instruction set by files that are templates over the vector width. The includer
// defines LANES (floats per register), NAME(x) (the function's name at this level) and TARGET.
// Pixels of the blocked layout have 16 floats: 16 / LANES registers.
#ifndef SEMBLANCE_LANES_TYPES
#define SEMBLANCE_LANES_TYPES
#include <stdint.h>
typedef float semblance_v4 __attribute__((ext_vector_type(4)));
typedef float semblance_v8 __attribute__((ext_vector_type(8)));
typedef float semblance_v16 __attribute__((ext_vector_type(16)));
#define SEMBLANCE_VECTOR_OF(lanes) SEMBLANCE_VECTOR_OF_(lanes)
#define SEMBLANCE_VECTOR_OF_(lanes) semblance_v##lanes
#define LOAD(pointer) (*(const VECTOR *)(pointer))
#define STORE(pointer, value) (*(VECTOR *)(pointer) = (value))
#define UNROLL _Pragma("clang loop unroll(full)")
#endif
#undef VECTOR
#define VECTOR SEMBLANCE_VECTOR_OF(LANES)
