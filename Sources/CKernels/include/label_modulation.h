#ifndef SEMBLANCE_LABEL_MODULATION_H
#define SEMBLANCE_LABEL_MODULATION_H
#include <stdint.h>

// Spatially-adaptive modulation of blocked images by functions of a label map, whose values are
// kept in tables with one row for each distinct neighbourhood of labels.

// Sums of table rows: out[block][i][16] = bias + sum over taps of table[taps[item * tap_count +
// tap]], item = items ? items[i] : i, for i in 0..<count; a negative entry of `taps` adds nothing
// and a negative item gives zeros. A table row has blocks * 16 floats; with `rectify` negative sums
// become 0.
typedef struct {
  const float *table, *bias;
  const int32_t *taps, *items;
  int64_t blocks, tap_count, count;
  int rectify;
  float *out;
  int64_t out_block_stride;
} semblance_table_sums;

void semblance_sum_table_rows(const semblance_table_sums *sums);

// out[(tap * blocks + block) * out_block_stride + i * 16] = source[block][rows[i * taps + tap]][16].
void semblance_gather_rows(const float *source, int64_t blocks, int64_t source_block_stride,
                           const int32_t *rows, int64_t taps, int64_t count, float *out,
                           int64_t out_block_stride);

// One block of channels: y = leaky((x - mean) scale gamma + beta), where gamma and beta are the
// rows ids[pixel] of two tables (the pixel's own number counted from `first`, without ids). Pixels
// are those of the result; with `enlarge` 2 (else 1) an image of half its size is read, every pixel
// four times.
typedef struct {
  const float *x, *mean, *scale;
  const float *gamma, *beta;
  const int32_t *ids;
  int64_t first;
  int64_t width, enlarge;
  float slope;
} semblance_label_modulation;

// Pixels begin..<end, counted row by row; `out` points to the first of them.
void semblance_label_modulate(const semblance_label_modulation *m, int64_t begin, int64_t end, float *out);

// Per channel of one block the mean and 1 / sqrt(variance + epsilon) over all pixels, the variance
// biased.
void semblance_block_moments(const float *x, int64_t pixels, float epsilon, float *mean,
                             float *scale);

// y += x for one block of channels; with `enlarge` 2 x has half the size of y.
void semblance_add_enlarged(const float *x, int64_t width, int64_t enlarge, int64_t begin,
                            int64_t end, float *y);
#endif
