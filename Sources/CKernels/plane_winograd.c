#include "planes.h"

#include <string.h>

#include "isa_dispatch.h"

// Tiles of a row of tiles that are transformed together, and the pixels of a row that they need
// (66), in whole registers.
enum { TILES_OF_STRIP = 16, WINDOW_OF_STRIP = 80 };

// A^T has the row of powers k of the points: the points divided by 3/4, whose powers need fewer
// multiplications, times this power of 3/4. Rows and columns together: power i + j.
static const float powers[7] = {1,
                                0.75f,
                                0.75f * 0.75f,
                                0.75f * 0.75f * 0.75f,
                                0.75f * 0.75f * 0.75f * 0.75f,
                                0.75f * 0.75f * 0.75f * 0.75f * 0.75f,
                                0.75f * 0.75f * 0.75f * 0.75f * 0.75f * 0.75f};

// Epilogues of which the cheap ones have code of their own.
enum { ANY_EPILOGUE, ONLY_BIAS, BIAS_AND_RELU };

static int kind_of_epilogue(const semblance_epilogue *e) {
  if (e->gain != 1 || e->scale || e->noise || e->clamp != __builtin_inff()) return ANY_EPILOGUE;
  return e->slope == 0 ? BIAS_AND_RELU : e->slope == 1 ? ONLY_BIAS : ANY_EPILOGUE;
}

// Six rows of a plane from (y, x) on, with zeros around it.
static inline __attribute__((always_inline)) void window_of_strip(
    const float *plane, int64_t height, int64_t width, int64_t y, int64_t x,
    float window[6][WINDOW_OF_STRIP]) {
  const int64_t skipped = x < 0 ? -x : 0, rest = width - x;
  const int64_t end = rest < WINDOW_OF_STRIP ? rest : WINDOW_OF_STRIP;
  for (int64_t i = 0; i < 6; i++) {
    memset(window[i], 0, sizeof(window[i]));
    if (y + i < 0 || y + i >= height) continue;
    memcpy(window[i] + skipped, plane + (y + i) * width + x + skipped,
           (size_t)(end - skipped) * sizeof(float));
  }
}

#define LEVEL_JOIN(name, level) name##_##level
#if defined(__x86_64__)
#define LANES 16
#define TARGET SEMBLANCE_TARGET_AVX512
#define NAME(x) LEVEL_JOIN(x, avx512)
#include "plane_points_body.h"
#include "plane_winograd_body.h"
#undef LANES
#undef TARGET
#define TARGET SEMBLANCE_TARGET_AVX2
#undef NAME
#define NAME(x) LEVEL_JOIN(x, avx2)
#define LANES 16
#include "plane_points_body.h"
#undef LANES
#define LANES 8
#include "plane_winograd_body.h"
#undef LANES
#undef TARGET
#undef NAME
#endif
#define TARGET
#define NAME(x) LEVEL_JOIN(x, portable)
#define LANES 16
#include "plane_points_body.h"
#undef LANES
#define LANES 4
#include "plane_winograd_body.h"

void semblance_plane_winograd(const semblance_plane_winograd_shape *shape, const float *weights,
                              const semblance_epilogue *epilogue, int64_t blocks, int64_t begin,
                              int64_t end, float *out) {
#if defined(__x86_64__)
  switch (semblance_isa_in_force()) {
    case SEMBLANCE_ISA_AVX512:
      plane_winograd_avx512(shape, weights, epilogue, blocks, begin, end, out);
      return;
    case SEMBLANCE_ISA_AVX2:
      plane_winograd_avx2(shape, weights, epilogue, blocks, begin, end, out);
      return;
  }
#endif
  plane_winograd_portable(shape, weights, epilogue, blocks, begin, end, out);
}

// G in double precision, times (4/3)^3 for the point at infinity (see `powers`); row i holds
// (1, p, p^2) / product of (p - q) over the other points q.
static void rows_of_weights(double g[6][3]) {
  static const double points[5] = {0, 0.75, -0.75, 1.5, -1.5};
  for (int i = 0; i < 5; i++) {
    double product = 1;
    for (int k = 0; k < 5; k++) product *= k == i ? 1 : points[i] - points[k];
    for (int power = 0; power < 3; power++) {
      g[i][power] = (power == 0 ? 1 : power == 1 ? points[i] : points[i] * points[i]) / product;
    }
  }
  g[5][0] = g[5][1] = 0;
  g[5][2] = 64.0 / 27;
}

void semblance_plane_winograd_weights(const float *weights, int64_t outputs, int64_t planes,
                                      float gain, float *packed) {
  double g[6][3];
  rows_of_weights(g);
  memset(packed, 0, (size_t)((outputs + 15) / 16 * 36 * planes * 16) * sizeof(float));
  for (int64_t output = 0; output < outputs; output++) {
    for (int64_t plane = 0; plane < planes; plane++) {
      const float *kernel = weights + (output * planes + plane) * 9;
      float *target = packed + (output / 16 * 36 * planes + plane) * 16 + output % 16;
      for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
          double sum = 0;
          for (int tap = 0; tap < 9; tap++) sum += g[i][tap / 3] * g[j][tap % 3] * kernel[tap];
          target[(i * 6 + j) * planes * 16] = (float)(gain * sum);
        }
      }
    }
  }
}
