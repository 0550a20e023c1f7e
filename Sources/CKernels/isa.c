#include "isa_dispatch.h"

#include <stdlib.h>
#include <string.h>

int semblance_isa_of_process = SEMBLANCE_ISA_PORTABLE;
_Thread_local int semblance_isa_of_thread = SEMBLANCE_ISA_INHERITED;

int semblance_isa_supported(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return SEMBLANCE_ISA_AVX512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return SEMBLANCE_ISA_AVX2;
#endif
  return SEMBLANCE_ISA_PORTABLE;
}

// The best level, or a lower one that SEMBLANCE_ISA names.
__attribute__((constructor)) static void choose_level(void) {
  const char *name = getenv("SEMBLANCE_ISA");
  const int supported = semblance_isa_supported();
  int level = supported;
  if (name && strcmp(name, "portable") == 0) level = SEMBLANCE_ISA_PORTABLE;
  if (name && strcmp(name, "avx2") == 0) level = SEMBLANCE_ISA_AVX2;
  semblance_isa_of_process = level < supported ? level : supported;
}

int semblance_isa_level(void) { return semblance_isa_in_force(); }

int semblance_isa_set(int level) {
  if (level < SEMBLANCE_ISA_PORTABLE || level > semblance_isa_supported()) return 0;
  semblance_isa_of_process = level;
  return 1;
}

int semblance_isa_thread_level(void) { return semblance_isa_of_thread; }

int semblance_isa_set_thread(int level) {
  if (level < SEMBLANCE_ISA_INHERITED || level > semblance_isa_supported()) return 0;
  semblance_isa_of_thread = level;
  return 1;
}
