// Template: see lanes.h.
// Copies side x side pixels from row y, column x of a plane (what lies outside is zero) to `window`.
TARGET static void NAME(copy_window)(const float *plane, int64_t height, int64_t width, int64_t y,
                                     int64_t x, int side, float *window) {
  for (int i = 0; i < side; i++) {
    for (int j = 0; j < side; j++) {
      const int inside = y + i >= 0 && y + i < height && x + j >= 0 && x + j < width;
      const float *pixel = plane + ((y + i) * width + x + j) * 16;
      UNROLL for (int lane = 0; lane < 16; lane += LANES) {
        STORE(window + (i * side + j) * 16 + lane, inside ? LOAD(pixel + lane) : (VECTOR){0});
      }
    }
  }
}
