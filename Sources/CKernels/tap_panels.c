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
typedef row unaligned_row __attribute__((aligned(4)));

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

// Columns of 16 rows of 16 floats, `stride` apart.
SEMBLANCE_BODY void load_columns(const float *square, int64_t stride, row *rows) {
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) rows[i] = *(const unaligned_row *)(square + i * stride);
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 2) EXCHANGE(1, i)
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) EXCHANGE(2, i / 2 * 4 + i % 2)
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) EXCHANGE(4, i / 4 * 8 + i % 4)
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) EXCHANGE(8, i)
}

// One block of outputs and one of the depth, some of whose channels do not exist.
static void gather_edge(const float *weights, int64_t outputs, int64_t inputs, int gradient,
                        float gain, int64_t block, int64_t depth_block, int reversed, float *taps,
                        int64_t tap_stride) {
  for (int64_t i = 0; i < 16; i++) {
    for (int64_t lane = 0; lane < 16; lane++) {
      const int64_t k = (gradient ? depth_block : block) * 16 + (gradient ? i : lane);
      const int64_t c = (gradient ? block : depth_block) * 16 + (gradient ? lane : i);
      const float *source = weights + (k * inputs + c) * 9;
      for (int64_t tap = 0; tap < 9; tap++) {
        taps[(reversed ? 8 - tap : tap) * tap_stride + i * 16 + lane] =
            k < outputs && c < inputs ? gain * source[tap] : 0;
      }
    }
  }
}

SEMBLANCE_BODY void semblance_gathered_taps_body(const float *weights, int64_t outputs,
                                                 int64_t inputs, int gradient, float gain,
                                                 int64_t block, int64_t first, int64_t depth_blocks,
                                                 int reversed, float *taps) {
  const int64_t tap_stride = depth_blocks * 256, row_stride = inputs * 9;
  for (int64_t d = 0; d < depth_blocks; d++) {
    const int64_t k = gradient ? first + d : block, c = gradient ? block : first + d;
    float *target = taps + d * 256;
    if (k * 16 + 16 > outputs || c * 16 + 16 > inputs) {
      gather_edge(weights, outputs, inputs, gradient, gain, block, first + d, reversed, target,
                  tap_stride);
      continue;
    }
    // Column 9 i + tap holds what 16 outputs weigh input i with.
    float columns[144 * 16] __attribute__((aligned(64)));
    const float *source = weights + k * 16 * row_stride + c * 144;
    for (int64_t square = 0; square < 9; square++) {
      row rows[16];
      load_columns(source + square * 16, row_stride, rows);
#pragma clang loop unroll(full)
      for (int i = 0; i < 16; i++) *(row *)(columns + (square * 16 + i) * 16) = rows[i];
    }
    for (int64_t tap = 0; tap < 9; tap++) {
      float *place = target + (reversed ? 8 - tap : tap) * tap_stride;
      row rows[16];
      if (gradient) {
        load_columns(columns + tap * 16, 9 * 16, rows);
      } else {
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) rows[i] = *(row *)(columns + (9 * i + tap) * 16);
      }
#pragma clang loop unroll(full)
      for (int i = 0; i < 16; i++) *(row *)(place + i * 16) = rows[i] * gain;
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_gathered_taps,
                 (const float *weights, int64_t outputs, int64_t inputs, int gradient, float gain,
                  int64_t block, int64_t first, int64_t depth_blocks, int reversed, float *taps),
                 (weights, outputs, inputs, gradient, gain, block, first, depth_blocks, reversed,
                  taps))

SEMBLANCE_BODY void semblance_transposed_panels_body(const float *packed, int64_t depth_blocks,
                                                     int64_t out_blocks, int64_t begin,
                                                     int64_t end, float *transposed) {
  for (int64_t d = begin; d < end; d++) {
    for (int64_t block = 0; block < out_blocks; block++) {
      row rows[16];
      load_columns(packed + (block * depth_blocks + d) * 256, 16, rows);
#pragma clang loop unroll(full)
      for (int i = 0; i < 16; i++) {
        *(row *)(transposed + (d * out_blocks + block) * 256 + i * 16) = rows[i];
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_transposed_panels,
                 (const float *packed, int64_t depth_blocks, int64_t out_blocks, int64_t begin,
                  int64_t end, float *transposed),
                 (packed, depth_blocks, out_blocks, begin, end, transposed))
