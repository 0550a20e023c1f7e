// Template: see lanes.h.
#include "lanes.h"

// The four pixels around a place and their weights.
#define AROUND                                                                              \
  const int64_t left = grid->column_low[j];                                                 \
  const float across = grid->column_fraction[j];                                            \
  const int64_t right = left + (across > 0 && left + 1 < grid->width);                      \
  const float a = (1 - down) * (1 - across), b = (1 - down) * across, c = down * (1 - across), \
              d = down * across;

#define ROW                                                              \
  const int64_t top = grid->row_low[i];                                  \
  const float down = grid->row_fraction[i];                              \
  const int64_t bottom = top + (down > 0 && top + 1 < grid->height);

TARGET static void NAME(grid_gather)(const semblance_grid *grid, const float *plane,
                                     int accumulate, float *out) {
  for (int64_t i = 0; i < grid->rows; i++) {
    ROW
    const float *upper = plane + top * grid->width * 16, *lower = plane + bottom * grid->width * 16;
    for (int64_t j = 0; j < grid->columns; j++, out += 16) {
      AROUND
      UNROLL for (int lane = 0; lane < 16; lane += LANES) {
        VECTOR value = accumulate ? LOAD(out + lane) : (VECTOR){0};
        value += a * LOAD(upper + left * 16 + lane);
        value += b * LOAD(upper + right * 16 + lane);
        value += c * LOAD(lower + left * 16 + lane);
        value += d * LOAD(lower + right * 16 + lane);
        STORE(out + lane, value);
      }
    }
  }
}

TARGET static void NAME(grid_spread)(const semblance_grid *grid, const float *gradient,
                                     float *plane) {
  for (int64_t i = 0; i < grid->rows; i++) {
    ROW
    float *upper = plane + top * grid->width * 16, *lower = plane + bottom * grid->width * 16;
    for (int64_t j = 0; j < grid->columns; j++, gradient += 16) {
      AROUND
      UNROLL for (int lane = 0; lane < 16; lane += LANES) {
        const VECTOR value = LOAD(gradient + lane);
        // One after the other: pixels may coincide.
        STORE(upper + left * 16 + lane, LOAD(upper + left * 16 + lane) + a * value);
        STORE(upper + right * 16 + lane, LOAD(upper + right * 16 + lane) + b * value);
        STORE(lower + left * 16 + lane, LOAD(lower + left * 16 + lane) + c * value);
        STORE(lower + right * 16 + lane, LOAD(lower + right * 16 + lane) + d * value);
      }
    }
  }
}
#undef AROUND
#undef ROW

TARGET static void NAME(add_rectified)(float *values, const float *bias, int64_t pixels) {
  const VECTOR zero = {0};
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    UNROLL for (int lane = 0; lane < 16; lane += LANES) {
      const VECTOR value = LOAD(values + pixel * 16 + lane) + LOAD(bias + lane);
      STORE(values + pixel * 16 + lane, value > zero ? value : zero);
    }
  }
}

TARGET static void NAME(rectified_gradient)(const float *gradient, const float *y, int64_t pixels,
                                            float *out, float *sums) {
  const VECTOR zero = {0};
  UNROLL for (int lane = 0; lane < 16; lane += LANES) {
    VECTOR sum = zero;
    for (int64_t pixel = 0; pixel < pixels; pixel++) {
      const VECTOR value =
          LOAD(y + pixel * 16 + lane) > zero ? LOAD(gradient + pixel * 16 + lane) : zero;
      STORE(out + pixel * 16 + lane, value);
      sum += value;
    }
    STORE(sums + lane, sum);
  }
}
