// Includes the template BODY once per instruction set with the largest register tile of each:
// 14 x 32 with 32 registers of 16 floats, 6 x 16 with 16 registers of 8 floats; the rest of the
// registers holds the right side and one broadcast value. Functions <name>_<level>.
#define TILE_JOIN(name, level) name##_##level
#if defined(__x86_64__)
#define LANES 16
#define MAX_ROWS 14
#define MAX_BLOCKS 2
#define NAME(x) TILE_JOIN(x, avx512)
#define TARGET SEMBLANCE_TARGET_AVX512
#include BODY
#undef LANES
#undef MAX_ROWS
#undef MAX_BLOCKS
#undef NAME
#undef TARGET
#define LANES 8
#define MAX_ROWS 6
#define MAX_BLOCKS 1
#define NAME(x) TILE_JOIN(x, avx2)
#define TARGET SEMBLANCE_TARGET_AVX2
#include BODY
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
#define NAME(x) TILE_JOIN(x, portable)
#define TARGET
#include BODY
