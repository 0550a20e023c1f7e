// Template: see lanes.h.
#include "lanes.h"

#undef OUTPUTS
#if LANES == 16
#define OUTPUTS 16
#elif LANES == 8
#define OUTPUTS 6
#else
#define OUTPUTS 2
#endif

// COUNT outputs from `first` on under one tap, for one register of inputs.
TARGET static inline __attribute__((always_inline)) void NAME(outer_products)(
    const int COUNT, const semblance_weight_tile *t, const float *x, const float *h,
    float *sums) {
  VECTOR sum[OUTPUTS];
  UNROLL for (int o = 0; o < COUNT; o++) sum[o] = LOAD(sums + o * 16);
  const int64_t step = t->h_step * 16, columns = t->columns;
  for (int64_t segment = 0; segment < t->segments; segment++) {
    for (int64_t row = 0; row < t->rows; row++) {
      const float *from = x + (segment * t->x_segment + row * t->x_row) * 16;
      const float *by = h + (segment * t->h_segment + row * t->h_step * t->h_row) * 16;
      for (int64_t column = 0; column < columns; column++) {
        const VECTOR value = LOAD(from + column * 16);
        UNROLL for (int o = 0; o < COUNT; o++) sum[o] += by[column * step + o] * value;
      }
    }
  }
  UNROLL for (int o = 0; o < COUNT; o++) STORE(sums + o * 16, sum[o]);
}

TARGET static void NAME(weight_gradient)(const semblance_weight_tile *t, const float *x,
                                         const float *h, float *sums) {
  for (int64_t a = 0; a < t->kernel; a++) {
    for (int64_t b = 0; b < t->kernel; b++) {
      const float *from = x + (a * t->x_tap * t->x_row + b * t->x_tap) * 16;
      const float *by = h + (a * t->h_tap * t->h_row + b * t->h_tap) * 16;
      float *target = sums + (a * t->kernel + b) * 256;
      for (int lane = 0; lane < 16; lane += LANES) {
        int o = 0;
        for (; o + OUTPUTS <= 16; o += OUTPUTS) {
          NAME(outer_products)(OUTPUTS, t, from + lane, by + o, target + o * 16 + lane);
        }
#if 16 % OUTPUTS
        NAME(outer_products)(16 % OUTPUTS, t, from + lane, by + o, target + o * 16 + lane);
#endif
      }
    }
  }
}

TARGET static void NAME(spread_blur)(const float *h, int64_t rows, int64_t columns,
                                     const float *taps, float *scratch, float *out) {
  const int64_t width = (columns + 3) * 16;
  for (int64_t row = 0; row < rows; row++) {
    const float *from = h + row * width;
    for (int64_t i = 0; i < width; i += LANES) {
      STORE(scratch + i, taps[0] * LOAD(from + i) + taps[1] * LOAD(from + width + i) +
                             taps[2] * LOAD(from + 2 * width + i) +
                             taps[3] * LOAD(from + 3 * width + i));
    }
    float *to = out + row * columns * 16;
    for (int64_t i = 0; i < columns * 16; i += LANES) {
      STORE(to + i, taps[0] * LOAD(scratch + i) + taps[1] * LOAD(scratch + i + 16) +
                        taps[2] * LOAD(scratch + i + 32) + taps[3] * LOAD(scratch + i + 48));
    }
  }
}

TARGET static void NAME(padded_rows)(const float *plane, int64_t height, int64_t width,
                                     const float *scale, int64_t first, int64_t rows,
                                     int64_t margin, float *out) {
  const VECTOR zero = {0};
  for (int64_t row = first; row < first + rows; row++) {
    const int64_t inside = row >= 0 && row < height ? width : 0;
    const int64_t before = inside ? margin : 2 * margin + width;
    for (int64_t i = 0; i < before * 16; i += LANES, out += LANES) STORE(out, zero);
    if (!inside) continue;
    const float *from = plane + row * width * 16;
    for (int lane = 0; lane < 16; lane += LANES) {
      const VECTOR factor = scale ? LOAD(scale + lane) : zero + 1;
      for (int64_t i = lane; i < width * 16; i += 16) STORE(out + i, LOAD(from + i) * factor);
    }
    out += width * 16;
    for (int64_t i = 0; i < margin * 16; i += LANES, out += LANES) STORE(out, zero);
  }
}

#define PLANE_PRODUCTS(count)                                                                   \
  case count: {                                                                                 \
    VECTOR sum[count][4];                                                                       \
    UNROLL for (int k = 0; k < count; k++) {                                                    \
      sum[k][0] = LOAD(sums + k * 16 + lane);                                                   \
      UNROLL for (int i = 1; i < 4; i++) sum[k][i] = (VECTOR){0};                               \
    }                                                                                           \
    int64_t pixel = begin;                                                                      \
    for (; pixel + 4 <= end; pixel += 4) {                                                      \
      UNROLL for (int i = 0; i < 4; i++) {                                                      \
        const VECTOR value = LOAD(x + (pixel + i) * 16 + lane);                                 \
        UNROLL for (int k = 0; k < count; k++) {                                                \
          sum[k][i] += planes[k * pixels + pixel + i] * value;                                  \
        }                                                                                       \
      }                                                                                         \
    }                                                                                           \
    for (; pixel < end; pixel++) {                                                              \
      const VECTOR value = LOAD(x + pixel * 16 + lane);                                         \
      UNROLL for (int k = 0; k < count; k++) sum[k][0] += planes[k * pixels + pixel] * value;   \
    }                                                                                           \
    UNROLL for (int k = 0; k < count; k++) {                                                    \
      STORE(sums + k * 16 + lane, (sum[k][0] + sum[k][1]) + (sum[k][2] + sum[k][3]));           \
    }                                                                                           \
    break;                                                                                      \
  }

TARGET static void NAME(plane_products)(const float *planes, int64_t count, int64_t pixels,
                                        const float *x, int64_t begin, int64_t end, float *sums) {
  for (int lane = 0; lane < 16; lane += LANES) {
    switch (count) {
      PLANE_PRODUCTS(1)
      PLANE_PRODUCTS(2)
      PLANE_PRODUCTS(3)
      PLANE_PRODUCTS(4)
    }
  }
}
#undef PLANE_PRODUCTS
