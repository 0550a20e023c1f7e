// Includes the template BODY once per instruction set: functions <name>_<level>, chosen by
// CHOOSE_LEVEL.
#define LEVEL_JOIN(name, level) name##_##level
#if defined(__x86_64__)
#define LANES 16
#define TARGET SEMBLANCE_TARGET_AVX512
#define NAME(x) LEVEL_JOIN(x, avx512)
#include BODY
#undef NAME
#undef LANES
#undef TARGET
#define LANES 8
#define TARGET SEMBLANCE_TARGET_AVX2
#define NAME(x) LEVEL_JOIN(x, avx2)
#include BODY
#undef NAME
#undef LANES
#undef TARGET
#endif
#define LANES 4
#define TARGET
#define NAME(x) LEVEL_JOIN(x, portable)
#include BODY

#if defined(__x86_64__)
#define CHOOSE_LEVEL(name, arguments)                           \
  switch (semblance_isa_in_force()) {                           \
    case SEMBLANCE_ISA_AVX512: name##_avx512 arguments; break;  \
    case SEMBLANCE_ISA_AVX2: name##_avx2 arguments; break;      \
    default: name##_portable arguments;                         \
  }
#else
#define CHOOSE_LEVEL(name, arguments) name##_portable arguments;
#endif
