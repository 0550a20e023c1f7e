#ifndef SEMBLANCE_ISA_H
#define SEMBLANCE_ISA_H

// Instruction sets that a kernel may be compiled for. Every kernel family has one body and one
// compiled copy per level; the level in force is chosen once, at start: the best, or
// the one that the environment variable SEMBLANCE_ISA names (portable, avx2, avx512).
enum {
  SEMBLANCE_ISA_INHERITED = -1,
  SEMBLANCE_ISA_PORTABLE = 0,
  SEMBLANCE_ISA_AVX2 = 1,
  SEMBLANCE_ISA_AVX512 = 2
};

// The best level that this processor supports.
int semblance_isa_supported(void);
// The level in force on this thread: its own, else that of the process (the best one, until
// another is set).
int semblance_isa_level(void);
// Puts another level in force for the process; returns 0 when the processor does not support it.
int semblance_isa_set(int level);
// The thread's own level, SEMBLANCE_ISA_INHERITED unless one was set.
int semblance_isa_thread_level(void);
// Gives this thread a level of its own, or takes it away with SEMBLANCE_ISA_INHERITED; returns 0
// when the processor does not support it.
int semblance_isa_set_thread(int level);

#endif
