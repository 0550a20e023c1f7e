// Template: see lanes.h.
// The epilogue of one register's worth of channels, ready for use on many pixels.
typedef struct {
  VECTOR scale, bias, limit, total;
  const float *noise, *weighting;
  float strength, slope;
} NAME(epilogue);

// For channels channel..<channel + LANES; `weighting` points to the first pixel's channels.
TARGET static inline __attribute__((always_inline)) NAME(epilogue)
    NAME(epilogue_of)(const semblance_epilogue *e, int64_t channel, const float *weighting) {
  const VECTOR zero = {0};
  NAME(epilogue) result;
  result.scale = e->scale ? LOAD(e->scale + channel) * e->gain : zero + e->gain;
  result.bias = e->bias ? LOAD(e->bias + channel) * e->gain : zero;
  result.limit = zero + e->clamp;
  result.total = zero;
  result.noise = e->noise;
  result.weighting = weighting;
  result.strength = e->noise_strength * e->gain;
  result.slope = e->slope;
  return result;
}

TARGET static inline __attribute__((always_inline)) VECTOR NAME(finish)(NAME(epilogue) * e,
                                                                        const VECTOR z,
                                                                        int64_t pixel) {
  const VECTOR zero = {0};
  if (e->weighting) e->total += z * LOAD(e->weighting + pixel * 16);
  VECTOR value = z * e->scale + e->bias;
  if (e->noise) value += e->strength * e->noise[pixel];
  value = value > zero ? value : value * e->slope;
  value = value < e->limit ? value : e->limit;
  return value > -e->limit ? value : -e->limit;
}
