// Template: see lanes.h.
// The sum of a register's floats.
TARGET static inline __attribute__((always_inline)) float NAME(sum_lanes)(VECTOR v) {
#if LANES == 16
  const semblance_v8 eight = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                             __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
#elif LANES == 8
  const semblance_v8 eight = v;
#endif
#if LANES > 4
  const semblance_v4 four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) +
                            __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
#else
  const semblance_v4 four = v;
#endif
  const semblance_v4 two = four + __builtin_shufflevector(four, four, 2, 3, 0, 1);
  return two[0] + two[1];
}
