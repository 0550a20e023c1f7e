// Template: see lanes.h.
#include "lanes.h"
#include "epilogue_body.h"

// One input row, taken back through the epilogue: dz to `row`, sums when the row counts.
TARGET static void NAME(gradient_row)(const semblance_blocked_filter_shape *s, int64_t block,
                                      int64_t y, int counts, float *row, float *sums,
                                      int64_t sum_stride) {
  const semblance_epilogue_gradient *e = s->gradient;
  const int64_t start = (block * s->height + y) * s->width * 16;
  UNROLL for (int lane = 0; lane < 16; lane += LANES) {
    const VECTOR zero = {0}, limit = zero + e->clamp;
    const VECTOR above = e->scale ? LOAD(e->scale + block * 16 + lane) : zero + 1.0f;
    const VECTOR below = above * e->slope;
    VECTOR product = zero, total = zero, noisy = zero;
    for (int64_t x = 0; x < s->width; x++) {
      const VECTOR dy = LOAD(s->in + start + x * 16 + lane);
      const VECTOR out = LOAD(e->y + start + x * 16 + lane);
      const VECTOR h = (out < limit & out > -limit) ? dy : zero;
      const VECTOR dz = h * (out > zero ? above : below);
      STORE(row + x * 16 + lane, dz);
      product += h * out;
      total += dz;
      if (e->noise) noisy += dz * e->noise[y * s->width + x];
    }
    if (counts) {
      STORE(sums + lane, LOAD(sums + lane) + product);
      STORE(sums + sum_stride + lane, LOAD(sums + sum_stride + lane) + total);
      STORE(sums + 2 * sum_stride + lane, LOAD(sums + 2 * sum_stride + lane) + noisy);
    }
  }
}

// One row filtered along x; `row` points to its first pixel.
TARGET static void NAME(filter_row)(const semblance_blocked_filter_shape *s, const float *row,
                                    float *filtered) {
  const float *taps = s->taps;
  for (int64_t x = 0; x < s->output_width; x++) {
    const int64_t first = x - s->before;
    UNROLL for (int lane = 0; lane < 16; lane += LANES) {
      const float *source = row + first * 16 + lane;
      VECTOR value = {0};
      if (first >= 0 && first + 4 <= s->width) {
        value = taps[0] * LOAD(source) + taps[1] * LOAD(source + 16) +
                taps[2] * LOAD(source + 32) + taps[3] * LOAD(source + 48);
      } else {
        for (int t = 0; t < 4; t++) {
          if (first + t >= 0 && first + t < s->width) value += taps[t] * LOAD(source + t * 16);
        }
      }
      STORE(filtered + x * 16 + lane, value);
    }
  }
}

TARGET static void NAME(blocked_filter)(const semblance_blocked_filter_shape *s, int64_t block,
                                        int64_t begin, int64_t end, float *out, float *workspace,
                                        int64_t sum_begin, int64_t sum_end, float *sums,
                                        int64_t sum_stride) {
  const int64_t length = s->output_width * 16;
  float *gradient = workspace + 4 * length;
  int64_t next = begin - s->before;  // the next input row to filter, into slot next & 3
  for (int lane = 0; sums && lane < 16; lane++) {
    sums[lane] = sums[sum_stride + lane] = sums[2 * sum_stride + lane] = 0;
  }
  for (int64_t y = begin; y < end; y++) {
    for (; next < y - s->before + 4; next++) {
      float *slot = workspace + (next & 3) * length;
      if (next < 0 || next >= s->height) {
        for (int64_t i = 0; i < length; i++) slot[i] = 0;
        continue;
      }
      const float *row = s->in + (block * s->height + next) * s->width * 16;
      if (s->gradient) {
        NAME(gradient_row)(s, block, next, sums && next >= sum_begin && next < sum_end, gradient,
                           sums, sum_stride);
        row = gradient;
      }
      NAME(filter_row)(s, row, slot);
    }
    const float *rows[4];
    for (int t = 0; t < 4; t++) rows[t] = workspace + ((y - s->before + t) & 3) * length;
    float *target = out + (block * s->output_height + y) * length;
    UNROLL for (int lane = 0; lane < 16; lane += LANES) {
      NAME(epilogue) epilogue;
      if (s->epilogue) epilogue = NAME(epilogue_of)(s->epilogue, block * 16 + lane, 0);
      for (int64_t x = 0; x < s->output_width; x++) {
        const int64_t at = x * 16 + lane;
        VECTOR value = s->taps[0] * LOAD(rows[0] + at) + s->taps[1] * LOAD(rows[1] + at) +
                       s->taps[2] * LOAD(rows[2] + at) + s->taps[3] * LOAD(rows[3] + at);
        if (s->epilogue) value = NAME(finish)(&epilogue, value, y * s->output_width + x);
        STORE(target + at, value);
      }
    }
  }
}
