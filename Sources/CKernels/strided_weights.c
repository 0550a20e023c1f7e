#include "isa_dispatch.h"
#include "strided_winograd.h"

// G of F(m, 2) in double precision: rows (1, p) / product of (p - q) over the other finite points q;
// the last row belongs to infinity.
static const double aa = 0.140625, bb = 1.5625;
static const double weights_of_4[5][2] = {
    {1 / (2 * 0.375 * (aa - bb)), 1 / (2 * (aa - bb))},
    {-1 / (2 * 0.375 * (aa - bb)), 1 / (2 * (aa - bb))},
    {1 / (2 * 1.25 * (bb - aa)), 1 / (2 * (bb - aa))},
    {-1 / (2 * 1.25 * (bb - aa)), 1 / (2 * (bb - aa))},
    {0, 1}};
static const double weights_of_2[3][2] = {{0.5, 0.5}, {-0.5, 0.5}, {0, 1}};

// One block of 16 outputs, all inputs.
SEMBLANCE_BODY void strided_block_body(int points, const double (*g)[2], int direction,
                                       const float *weights, int64_t out_count, int64_t depth,
                                       int64_t out_stride, int64_t depth_stride, float gain,
                                       int64_t block, float *u) {
  const int64_t padded_depth = (depth + 15) / 16 * 16;
  const int64_t matrix_stride = (out_count + 15) / 16 * padded_depth * 16;
  // The even taps in the order in which they meet the pixels of increasing index.
  const int first = direction == SEMBLANCE_SPREAD ? 2 : 0, last = 2 - first;
  for (int64_t c = 0; c < padded_depth; c++) {
    double tap[3][3][16] = {{{0}}};
    if (c < depth) {
      for (int64_t lane = 0; lane < 16 && block * 16 + lane < out_count; lane++) {
        const float *w = weights + (block * 16 + lane) * out_stride + c * depth_stride;
        for (int i = 0; i < 9; i++) tap[i / 3][i % 3][lane] = (double)gain * w[i];
      }
    }
    float *target = u + (block * padded_depth + c) * 16;
    for (int lane = 0; lane < 16; lane++) target[lane] = (float)tap[1][1][lane];
    for (int i = 0; i < points; i++) {
      double rows[3][16];
      for (int j = 0; j < 3; j++) {
        for (int lane = 0; lane < 16; lane++) {
          rows[j][lane] = g[i][0] * tap[first][j][lane] + g[i][1] * tap[last][j][lane];
        }
      }
      float *even_odd = target + (1 + i) * matrix_stride;
      float *odd_even = target + (1 + points + i) * matrix_stride;
      for (int lane = 0; lane < 16; lane++) {
        even_odd[lane] = (float)rows[1][lane];
        odd_even[lane] = (float)(g[i][0] * tap[1][first][lane] + g[i][1] * tap[1][last][lane]);
      }
      for (int j = 0; j < points; j++) {
        float *even_even = target + (1 + 2 * points + i * points + j) * matrix_stride;
        for (int lane = 0; lane < 16; lane++) {
          even_even[lane] = (float)(g[j][0] * rows[first][lane] + g[j][1] * rows[last][lane]);
        }
      }
    }
  }
}
SEMBLANCE_KERNEL(void, strided_block,
                 (int points, const double (*g)[2], int direction, const float *weights,
                  int64_t out_count, int64_t depth, int64_t out_stride, int64_t depth_stride,
                  float gain, int64_t block, float *u),
                 (points, g, direction, weights, out_count, depth, out_stride, depth_stride, gain,
                  block, u))

void semblance_strided_weights(int m, int direction, const float *weights, int64_t outputs,
                               int64_t inputs, int swapped, float gain, int64_t begin,
                               int64_t end, float *u) {
  const int64_t out_stride = swapped ? 9 : inputs * 9, depth_stride = swapped ? inputs * 9 : 9;
  for (int64_t block = begin; block < end; block++) {
    strided_block(m + 1, m == 4 ? weights_of_4 : weights_of_2, direction, weights,
                  swapped ? inputs : outputs, swapped ? outputs : inputs, out_stride,
                  depth_stride, gain, block, u);
  }
}
