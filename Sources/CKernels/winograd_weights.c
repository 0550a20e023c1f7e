#include "isa_dispatch.h"
#include "winograd.h"

// G in double precision; row i holds (1, p, p^2) / product of (p - q) over the other points q.
static const double weights_of_4[6][3] = {
    {1 / 0.87890625, 0, 0},
    {1 / (2 * 0.390625 * (0.390625 - 2.25)), 0.625 / (2 * 0.390625 * (0.390625 - 2.25)),
     0.390625 / (2 * 0.390625 * (0.390625 - 2.25))},
    {1 / (2 * 0.390625 * (0.390625 - 2.25)), -0.625 / (2 * 0.390625 * (0.390625 - 2.25)),
     0.390625 / (2 * 0.390625 * (0.390625 - 2.25))},
    {1 / (2 * 2.25 * (2.25 - 0.390625)), 1.5 / (2 * 2.25 * (2.25 - 0.390625)),
     2.25 / (2 * 2.25 * (2.25 - 0.390625))},
    {1 / (2 * 2.25 * (2.25 - 0.390625)), -1.5 / (2 * 2.25 * (2.25 - 0.390625)),
     2.25 / (2 * 2.25 * (2.25 - 0.390625))},
    {0, 0, 1}};
static const double weights_of_2[4][3] = {
    {-1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};

// One block of 16 outputs and all inputs, for tiles of `tile` points per side.
SEMBLANCE_BODY void weights_block_body(int tile, const double (*g)[3], const float *weights,
                                       int64_t outputs, int64_t inputs, int gradient, float gain,
                                       int64_t block, float *u) {
  const int64_t out_count = gradient ? inputs : outputs, depth = gradient ? outputs : inputs;
  const int64_t padded_depth = (depth + 15) / 16 * 16, out_blocks = (out_count + 15) / 16;
  const int64_t position_stride = out_blocks * padded_depth * 16;
  const int64_t out_stride = gradient ? 9 : inputs * 9, depth_stride = gradient ? inputs * 9 : 9;
  for (int64_t c = 0; c < padded_depth; c++) {
    double kernel[9][16] = {{0}};
    if (c < depth) {
      for (int64_t lane = 0; lane < 16 && block * 16 + lane < out_count; lane++) {
        const float *w = weights + (block * 16 + lane) * out_stride + c * depth_stride;
        for (int tap = 0; tap < 9; tap++) {
          kernel[gradient ? 8 - tap : tap][lane] = (double)gain * w[tap];
        }
      }
    }
    double rows[6][3][16];
    for (int i = 0; i < tile; i++) {
      for (int j = 0; j < 3; j++) {
        for (int lane = 0; lane < 16; lane++) {
          rows[i][j][lane] = g[i][0] * kernel[j][lane] + g[i][1] * kernel[3 + j][lane] +
                             g[i][2] * kernel[6 + j][lane];
        }
      }
    }
    float *target = u + block * padded_depth * 16 + c * 16;
    for (int i = 0; i < tile; i++) {
      for (int j = 0; j < tile; j++) {
        for (int lane = 0; lane < 16; lane++) {
          target[(i * tile + j) * position_stride + lane] =
              (float)(g[j][0] * rows[i][0][lane] + g[j][1] * rows[i][1][lane] +
                      g[j][2] * rows[i][2][lane]);
        }
      }
    }
  }
}
SEMBLANCE_KERNEL(void, weights_block,
                 (int tile, const double (*g)[3], const float *weights, int64_t outputs,
                  int64_t inputs, int gradient, float gain, int64_t block, float *u),
                 (tile, g, weights, outputs, inputs, gradient, gain, block, u))

void semblance_winograd_weights(int m, const float *weights, int64_t outputs, int64_t inputs,
                                int gradient, float gain, int64_t begin, int64_t end, float *u) {
  for (int64_t block = begin; block < end; block++) {
    weights_block(m + 2, m == 4 ? weights_of_4 : weights_of_2, weights, outputs, inputs, gradient,
                  gain, block, u);
  }
}
