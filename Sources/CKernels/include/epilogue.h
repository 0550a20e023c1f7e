#ifndef SEMBLANCE_EPILOGUE_H
#define SEMBLANCE_EPILOGUE_H
#include <stdint.h>

// What happens to a convolution's result z before it is stored, per channel k and pixel p:
//   a = z scale[k] + noise_strength noise[p] + bias[k]
//   y = min(max(gain (a > 0 ? a : slope a), -clamp), clamp)
// Null pointers stand for a scale of 1 and for nothing to add; `gain` is positive. The arrays
// `scale` and `bias` hold whole blocks of 16 channels; `noise` is one plane.
typedef struct {
  const float *scale, *bias, *noise;
  float noise_strength, slope, gain, clamp;
} semblance_epilogue;

// y for pixels begin..<end of one block; z, weighting and y point to the first of these pixels.
// With a weighting (blocked like z), sums[16] receives the sum over these pixels of z weighting.
void semblance_epilogue_apply(const float *z, const semblance_epilogue *epilogue,
                              const float *weighting, int64_t block, int64_t begin, int64_t end,
                              float *y, float *sums);

// The vector-Jacobian product, from the stored y alone:
//   h = |y| < clamp ? dy : 0;   dz = h (y > 0 ? 1 : slope) scale[k]   with scale = gain d
// where d is the scale of the forward direction. Three sums over pixels tell the rest:
//   da = dz / d,   sum da z = (sum h y - (strength sum dz noise + bias sum dz) / d) / d
// because gain (a > 0 ? 1 : slope) a = y wherever the clamp lets a gradient pass.
typedef struct {
  const float *y, *scale, *noise;
  float slope, clamp;
} semblance_epilogue_gradient;

// dz for pixels begin..<end of one block; dy, y and dz point to the first of these pixels (the
// struct's y is not used). sums (or null) + {0, 1, 2} * sum_stride receive 16 sums each of h y, of
// dz and of dz noise.
void semblance_epilogue_gradient_apply(const float *dy, const float *y,
                                       const semblance_epilogue_gradient *gradient, int64_t block,
                                       int64_t begin, int64_t end, float *dz, float *sums,
                                       int64_t sum_stride);
#endif
