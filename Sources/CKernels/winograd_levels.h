// Includes the template BODY for both tile sizes and all instruction sets: functions
// <name>_<level>_<m>, chosen by WINOGRAD_CHOOSE.
#define WINOGRAD_JOIN(name, level, m) name##_##level##_##m
#if defined(__x86_64__)
#define LANES 16
#define TARGET SEMBLANCE_TARGET_AVX512
#define TILE_M 4
#define NAME(x) WINOGRAD_JOIN(x, avx512, 4)
#include BODY
#undef TILE_M
#undef NAME
#define TILE_M 2
#define NAME(x) WINOGRAD_JOIN(x, avx512, 2)
#include BODY
#undef TILE_M
#undef NAME
#undef LANES
#undef TARGET
#define LANES 8
#define TARGET SEMBLANCE_TARGET_AVX2
#define TILE_M 4
#define NAME(x) WINOGRAD_JOIN(x, avx2, 4)
#include BODY
#undef TILE_M
#undef NAME
#define TILE_M 2
#define NAME(x) WINOGRAD_JOIN(x, avx2, 2)
#include BODY
#undef TILE_M
#undef NAME
#undef LANES
#undef TARGET
#endif
#define LANES 4
#define TARGET
#define TILE_M 4
#define NAME(x) WINOGRAD_JOIN(x, portable, 4)
#include BODY
#undef TILE_M
#undef NAME
#define TILE_M 2
#define NAME(x) WINOGRAD_JOIN(x, portable, 2)
#include BODY

#if defined(__x86_64__)
#define WINOGRAD_CHOOSE(name, m, arguments)                                          \
  switch (semblance_isa_in_force()) {                                                \
    case SEMBLANCE_ISA_AVX512:                                                       \
      if (m == 4) name##_avx512_4 arguments; else name##_avx512_2 arguments;         \
      break;                                                                         \
    case SEMBLANCE_ISA_AVX2:                                                         \
      if (m == 4) name##_avx2_4 arguments; else name##_avx2_2 arguments;             \
      break;                                                                         \
    default:                                                                         \
      if (m == 4) name##_portable_4 arguments; else name##_portable_2 arguments;     \
  }
#else
#define WINOGRAD_CHOOSE(name, m, arguments) \
  if (m == 4) name##_portable_4 arguments; else name##_portable_2 arguments;
#endif
