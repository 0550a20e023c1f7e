#include "blocked.h"

#include "isa_dispatch.h"

typedef float quad __attribute__((ext_vector_type(4), aligned(4)));

// Transposes four rows of four floats: rows are `from` apart in `x`, `to` apart in `out`.
SEMBLANCE_BODY void transpose_quads(const float *x, int64_t from, float *out, int64_t to) {
  const quad a = *(const quad *)x, b = *(const quad *)(x + from);
  const quad c = *(const quad *)(x + 2 * from), d = *(const quad *)(x + 3 * from);
  const quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const quad ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const quad cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(quad *)out = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  *(quad *)(out + to) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  *(quad *)(out + 2 * to) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  *(quad *)(out + 3 * to) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

SEMBLANCE_BODY void semblance_block_body(const float *planar, int64_t channels, int64_t pixels,
                               int64_t begin, int64_t end, float *blocked) {
  for (int64_t block = begin; block < end; block++) {
    const float *source = planar + block * 16 * pixels;
    float *target = blocked + block * 16 * pixels;
    const int64_t lanes = channels - block * 16 < 16 ? channels - block * 16 : 16;
    int64_t pixel = 0;
    for (; lanes == 16 && pixel + 4 <= pixels; pixel += 4) {
      for (int lane = 0; lane < 16; lane += 4) {
        transpose_quads(source + lane * pixels + pixel, pixels, target + pixel * 16 + lane, 16);
      }
    }
    for (; pixel < pixels; pixel++) {
      for (int lane = 0; lane < 16; lane++) {
        target[pixel * 16 + lane] = lane < lanes ? source[lane * pixels + pixel] : 0;
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_block,
                 (const float *planar, int64_t channels, int64_t pixels, int64_t begin,
                  int64_t end, float *blocked),
                 (planar, channels, pixels, begin, end, blocked))

SEMBLANCE_BODY void semblance_unblock_body(const float *blocked, int64_t channels, int64_t pixels,
                                           int64_t begin, int64_t end, float *planar) {
  for (int64_t block = begin; block < end; block++) {
    const float *source = blocked + block * 16 * pixels;
    float *target = planar + block * 16 * pixels;
    const int64_t lanes = channels - block * 16 < 16 ? channels - block * 16 : 16;
    int64_t pixel = 0;
    for (; lanes == 16 && pixel + 4 <= pixels; pixel += 4) {
      for (int lane = 0; lane < 16; lane += 4) {
        transpose_quads(source + pixel * 16 + lane, 16, target + lane * pixels + pixel, pixels);
      }
    }
    for (; pixel < pixels; pixel++) {
      for (int lane = 0; lane < lanes; lane++) {
        target[lane * pixels + pixel] = source[pixel * 16 + lane];
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_unblock,
                 (const float *blocked, int64_t channels, int64_t pixels, int64_t begin,
                  int64_t end, float *planar),
                 (blocked, channels, pixels, begin, end, planar))
