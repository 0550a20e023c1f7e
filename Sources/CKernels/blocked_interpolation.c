#include "blocked_interpolation.h"

#include "isa_dispatch.h"

SEMBLANCE_BODY void semblance_add_interpolated_body(const float *source,
                                                    const semblance_interpolation *map,
                                                    int64_t begin, int64_t end, float *out,
                                                    float *workspace) {
  const int64_t floats = map->source_width * 16;
  for (int64_t row = begin; row < end; row++) {
    const float *weight = map->row_weights + row * map->row_taps;
    for (int64_t tap = 0; tap < map->row_taps; tap++) {
      const float *from = source + (map->row_start[row] + tap) * floats;
      const float w = weight[tap];
      if (tap == 0) {
        for (int64_t i = 0; i < floats; i++) workspace[i] = w * from[i];
      } else {
        for (int64_t i = 0; i < floats; i++) workspace[i] += w * from[i];
      }
    }
    for (int64_t column = 0; column < map->width; column++, out += 16) {
      const float *from = workspace + map->column_start[column] * 16;
      const float *w = map->column_weights + column * map->column_taps;
      float sum[16];
      for (int lane = 0; lane < 16; lane++) sum[lane] = out[lane];
      for (int64_t tap = 0; tap < map->column_taps; tap++) {
        for (int lane = 0; lane < 16; lane++) sum[lane] += w[tap] * from[tap * 16 + lane];
      }
      for (int lane = 0; lane < 16; lane++) out[lane] = sum[lane];
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_add_interpolated,
                 (const float *source, const semblance_interpolation *map, int64_t begin,
                  int64_t end, float *out, float *workspace),
                 (source, map, begin, end, out, workspace))

SEMBLANCE_BODY void semblance_add_interpolated_gradient_body(const float *gradient,
                                                             const semblance_interpolation *map,
                                                             int64_t begin, int64_t end,
                                                             float *source_gradient,
                                                             float *workspace) {
  const int64_t floats = map->source_width * 16;
  for (int64_t row = begin; row < end; row++) {
    for (int64_t i = 0; i < floats; i++) workspace[i] = 0;
    for (int64_t column = 0; column < map->width; column++, gradient += 16) {
      float *to = workspace + map->column_start[column] * 16;
      const float *w = map->column_weights + column * map->column_taps;
      for (int64_t tap = 0; tap < map->column_taps; tap++) {
        for (int lane = 0; lane < 16; lane++) to[tap * 16 + lane] += w[tap] * gradient[lane];
      }
    }
    const float *weight = map->row_weights + row * map->row_taps;
    for (int64_t tap = 0; tap < map->row_taps; tap++) {
      float *to = source_gradient + (map->row_start[row] + tap) * floats;
      const float w = weight[tap];
      for (int64_t i = 0; i < floats; i++) to[i] += w * workspace[i];
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_add_interpolated_gradient,
                 (const float *gradient, const semblance_interpolation *map, int64_t begin,
                  int64_t end, float *source_gradient, float *workspace),
                 (gradient, map, begin, end, source_gradient, workspace))
