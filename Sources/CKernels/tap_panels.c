#include "tap_panels.h"

#include "isa_dispatch.h"
#include "strided_winograd.h"

#define BODY "tap_panels_body.h"
#include "winograd_levels.h"

void semblance_winograd_tap_panels(int m, const float *taps, int64_t tap_stride, int64_t channels,
                                   float *u, int64_t matrix_stride) {
  WINOGRAD_CHOOSE(winograd_tap_panels, m, (taps, tap_stride, channels, u, matrix_stride))
}

void semblance_strided_tap_panels(int m, int direction, const float *taps, int64_t tap_stride,
                                  int64_t channels, float *u, int64_t matrix_stride) {
  WINOGRAD_CHOOSE(strided_tap_panels, m,
                  (direction, taps, tap_stride, channels, u, matrix_stride))
}

typedef float row __attribute__((ext_vector_type(16)));

// Of rows i and i + S, the squares of side S across the diagonal change places.
#define EXCHANGE(S, i)                                                     \
  {                                                                        \
    const row a = rows[i], b = rows[(i) + (S)];                            \
    rows[i] = __builtin_shufflevector(a, b, LOWER_##S);                    \
    rows[(i) + (S)] = __builtin_shufflevector(a, b, UPPER_##S);            \
  }
#define LOWER_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define UPPER_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define LOWER_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define UPPER_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LOWER_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define UPPER_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LOWER_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define UPPER_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31

SEMBLANCE_BODY void transpose_square(const float *square, float *out) {
  row rows[16];
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) rows[i] = *(const row *)(square + i * 16);
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 2) EXCHANGE(1, i)
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) EXCHANGE(2, i / 2 * 4 + i % 2)
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) EXCHANGE(4, i / 4 * 8 + i % 4)
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) EXCHANGE(8, i)
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) *(row *)(out + i * 16) = rows[i];
}

SEMBLANCE_BODY void semblance_transposed_taps_body(const float *packed, int64_t depth,
                                                   int64_t block, int64_t depth_blocks,
                                                   int reversed, float *taps) {
  for (int64_t d = 0; d < depth_blocks; d++) {
    for (int64_t tap = 0; tap < 9; tap++) {
      const int64_t place = reversed ? 8 - tap : tap;
      transpose_square(packed + ((d * 9 + tap) * depth + block * 16) * 16,
                       taps + (place * depth_blocks + d) * 256);
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_transposed_taps,
                 (const float *packed, int64_t depth, int64_t block, int64_t depth_blocks,
                  int reversed, float *taps),
                 (packed, depth, block, depth_blocks, reversed, taps))
