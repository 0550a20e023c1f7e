#include "label_modulation.h"

#include <math.h>
#include <string.h>

#include "isa_dispatch.h"

// A pixel's 16 channels; rows of tables and images are 64-byte aligned.
typedef float pixel16 __attribute__((ext_vector_type(16)));
#define AT(pointer) (*(const pixel16 *)(pointer))
#define PUT(pointer, value) (*(pixel16 *)(pointer) = (value))

SEMBLANCE_BODY void semblance_sum_table_rows_body(const semblance_table_sums *s) {
  const int64_t width = s->blocks * 16;
  for (int64_t i = 0; i < s->count; i++) {
    const int64_t item = s->items ? s->items[i] : i;
    const int32_t *taps = s->taps + item * s->tap_count;
    for (int64_t block = 0; block < s->blocks; block++) {
      pixel16 sum = {0};
      if (item >= 0) {
        sum = AT(s->bias + block * 16);
        for (int64_t tap = 0; tap < s->tap_count; tap++) {
          if (taps[tap] >= 0) sum += AT(s->table + taps[tap] * width + block * 16);
        }
        if (s->rectify) sum = sum > 0 ? sum : 0;
      }
      PUT(s->out + block * s->out_block_stride + i * 16, sum);
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_sum_table_rows, (const semblance_table_sums *sums), (sums))

SEMBLANCE_BODY void semblance_gather_rows_body(const float *source, int64_t blocks,
                                               int64_t source_block_stride, const int32_t *rows,
                                               int64_t taps, int64_t count, float *out,
                                               int64_t out_block_stride) {
  for (int64_t tap = 0; tap < taps; tap++) {
    for (int64_t block = 0; block < blocks; block++) {
      const float *from = source + block * source_block_stride;
      float *to = out + (tap * blocks + block) * out_block_stride;
      for (int64_t i = 0; i < count; i++) {
        PUT(to + i * 16, AT(from + (int64_t)rows[i * taps + tap] * 16));
      }
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_gather_rows,
                 (const float *source, int64_t blocks, int64_t source_block_stride,
                  const int32_t *rows, int64_t taps, int64_t count, float *out,
                  int64_t out_block_stride),
                 (source, blocks, source_block_stride, rows, taps, count, out, out_block_stride))

SEMBLANCE_BODY void semblance_label_modulate_body(const semblance_label_modulation *m, int64_t begin,
                                            int64_t end, float *out) {
  const pixel16 mean = AT(m->mean), scale = AT(m->scale);
  const int64_t halvings = m->enlarge - 1, source_width = m->width >> halvings;
  int64_t y = begin / m->width, x = begin % m->width;
  for (int64_t pixel = begin; pixel < end; pixel++) {
    const int64_t source = (y >> halvings) * source_width + (x >> halvings);
    const int64_t row = (m->ids ? m->ids[pixel] : pixel - m->first) * 16;
    const pixel16 value =
        (AT(m->x + source * 16) - mean) * scale * AT(m->gamma + row) + AT(m->beta + row);
    PUT(out + (pixel - begin) * 16, value > 0 ? value : value * m->slope);
    if (++x == m->width) {
      x = 0;
      y++;
    }
  }
}
SEMBLANCE_KERNEL(void, semblance_label_modulate,
                 (const semblance_label_modulation *m, int64_t begin, int64_t end, float *out),
                 (m, begin, end, out))

SEMBLANCE_BODY void semblance_block_moments_body(const float *x, int64_t pixels, float epsilon,
                                                 float *mean, float *scale) {
  double center[16] = {0}, squares[16] = {0};
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    for (int lane = 0; lane < 16; lane++) center[lane] += x[pixel * 16 + lane];
  }
  for (int lane = 0; lane < 16; lane++) center[lane] /= (double)pixels;
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    for (int lane = 0; lane < 16; lane++) {
      const double distance = x[pixel * 16 + lane] - center[lane];
      squares[lane] += distance * distance;
    }
  }
  for (int lane = 0; lane < 16; lane++) {
    mean[lane] = (float)center[lane];
    scale[lane] = (float)(1 / sqrt(squares[lane] / (double)pixels + epsilon));
  }
}
SEMBLANCE_KERNEL(void, semblance_block_moments,
                 (const float *x, int64_t pixels, float epsilon, float *mean, float *scale),
                 (x, pixels, epsilon, mean, scale))

SEMBLANCE_BODY void semblance_add_enlarged_body(const float *x, int64_t width, int64_t enlarge,
                                                int64_t begin, int64_t end, float *y) {
  for (int64_t pixel = begin; pixel < end; pixel++) {
    const int64_t source = pixel / width / enlarge * (width / enlarge) + pixel % width / enlarge;
    PUT(y + pixel * 16, AT(y + pixel * 16) + AT(x + source * 16));
  }
}
SEMBLANCE_KERNEL(void, semblance_add_enlarged,
                 (const float *x, int64_t width, int64_t enlarge, int64_t begin, int64_t end,
                  float *y),
                 (x, width, enlarge, begin, end, y))
