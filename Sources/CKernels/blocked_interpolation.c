#include "blocked_interpolation.h"

#include <string.h>

#include "isa_dispatch.h"

#define LANES 16
#include "lanes.h"

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

// The transposed map along one row: adds `gradient`, a row of the result, to a row of the source.
SEMBLANCE_BODY void add_columns_gradient(const float *gradient, const semblance_interpolation *map,
                                         float *source_gradient) {
  for (int64_t column = 0; column < map->width; column++, gradient += 16) {
    float *to = source_gradient + map->column_start[column] * 16;
    const float *w = map->column_weights + column * map->column_taps;
    for (int64_t tap = 0; tap < map->column_taps; tap++, to += 16) {
      STORE(to, LOAD(to) + w[tap] * LOAD(gradient));
    }
  }
}

// Rows come first: one row of the source gets many rows of a larger result, and its columns are
// then taken back once. The rows that are being added up lie in the workspace, row r in line r modulo
// row_taps.
SEMBLANCE_BODY void semblance_add_interpolated_gradient_body(const float *gradient,
                                                             const semblance_interpolation *map,
                                                             int64_t begin, int64_t end,
                                                             float *source_gradient,
                                                             float *workspace) {
  if (begin >= end) return;
  const int64_t taps = map->row_taps, line = map->width * 16, source_line = map->source_width * 16;
  memset(workspace, 0, (size_t)(taps * line) * sizeof(float));
  int64_t first = map->row_start[begin];
  for (int64_t row = begin; row <= end; row++) {
    const int64_t start = row < end ? map->row_start[row] : first + taps;
    for (int64_t done = first; done < start && done < first + taps; done++) {
      float *sum = workspace + done % taps * line;
      add_columns_gradient(sum, map, source_gradient + done * source_line);
      memset(sum, 0, (size_t)line * sizeof(float));
    }
    first = start;
    if (row == end) break;
    for (int64_t tap = 0; tap < taps; tap++) {
      float *sum = workspace + (start + tap) % taps * line;
      const float w = map->row_weights[row * taps + tap];
      for (int64_t i = 0; i < line; i += 16) {
        STORE(sum + i, LOAD(sum + i) + w * LOAD(gradient + i));
      }
    }
    gradient += line;
  }
}
SEMBLANCE_KERNEL(void, semblance_add_interpolated_gradient,
                 (const float *gradient, const semblance_interpolation *map, int64_t begin,
                  int64_t end, float *source_gradient, float *workspace),
                 (gradient, map, begin, end, source_gradient, workspace))
