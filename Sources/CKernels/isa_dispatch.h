#ifndef SEMBLANCE_ISA_DISPATCH_H
#define SEMBLANCE_ISA_DISPATCH_H
// Private to the kernels: SEMBLANCE_KERNEL(result, name, (parameters), (arguments)) defines
// `name` from an always-inlined `name_body`, compiled once per instruction set.
#include "isa.h"

#define SEMBLANCE_BODY static inline __attribute__((always_inline))

extern int semblance_isa_of_process;
extern _Thread_local int semblance_isa_of_thread;

// The level that kernels called on this thread use.
static inline int semblance_isa_in_force(void) {
  int level = semblance_isa_of_thread;
  return level == SEMBLANCE_ISA_INHERITED ? semblance_isa_of_process : level;
}

#if defined(__x86_64__)
#define SEMBLANCE_TARGET_AVX2 __attribute__((target("avx2,fma,f16c,bmi,bmi2")))
#define SEMBLANCE_TARGET_AVX512                                                                \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,f16c,bmi,bmi2"), \
                 min_vector_width(512)))
#define SEMBLANCE_KERNEL(result, name, parameters, arguments)                                  \
  SEMBLANCE_TARGET_AVX512 static result name##_avx512 parameters {                             \
    return name##_body arguments;                                                              \
  }                                                                                            \
  SEMBLANCE_TARGET_AVX2 static result name##_avx2 parameters { return name##_body arguments; } \
  static result name##_portable parameters { return name##_body arguments; }                   \
  result name parameters {                                                                     \
    switch (semblance_isa_in_force()) {                                                        \
      case SEMBLANCE_ISA_AVX512: return name##_avx512 arguments;                               \
      case SEMBLANCE_ISA_AVX2: return name##_avx2 arguments;                                   \
      default: return name##_portable arguments;                                               \
    }                                                                                          \
  }
#else
#define SEMBLANCE_KERNEL(result, name, parameters, arguments)                                  \
  result name parameters { return name##_body arguments; }
#endif
#endif
