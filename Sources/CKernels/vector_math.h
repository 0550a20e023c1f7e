#ifndef SEMBLANCE_VECTOR_MATH_H
#define SEMBLANCE_VECTOR_MATH_H
// Branch-free functions that compilers vectorise.
#include <stdint.h>
#include <string.h>

// e^x for float, relative error below 2e-7: x = n ln 2 + r, |r| <= ln 2 / 2, degree-6 Taylor
// polynomial in r. Results below 2^-126 are flushed to the smallest normal number's range.
static inline __attribute__((always_inline)) float vector_exp(float x) {
  x = x < -87.33f ? -87.33f : x;
  x = x > 88.72f ? 88.72f : x;
  const float shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to the nearest integer
  const float n = (x * 1.44269504088896341f + shift) - shift;
  float r = x - n * 0.693145751953125f;
  r = r - n * 1.428606765330187045e-6f;
  float p = 1.3888889e-3f;
  p = p * r + 8.3333338e-3f;
  p = p * r + 4.1666668e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  // Two factors, because 2^128 is not a float although e^88.72 is.
  const int32_t i = (int32_t)n, half = i >> 1;
  const int32_t bits1 = (half + 127) << 23, bits2 = (i - half + 127) << 23;
  float f1, f2;
  memcpy(&f1, &bits1, 4);
  memcpy(&f2, &bits2, 4);
  return p * f1 * f2;
}
#endif
