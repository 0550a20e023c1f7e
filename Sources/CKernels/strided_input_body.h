// Template: see lanes.h and strided_tiles.h.
#include "lanes.h"
#include "copy_window.h"
#include "strided_tiles.h"

// Where a tile's values go in one block of V: the tile's number in the range and, or -1, those of
// its border tiles (row -1, column -1 and both), which exist at the infinite point only. Numbers of
// border tiles follow the tiles': top ones, then (where there are top ones) left ones, the corner.
typedef struct {
  float *v;
  const int64_t *offsets;
  int64_t tile, top, left, corner, top_count;
} NAME(place);

#define AT(matrix, row) (place->v + (place->offsets[matrix] + (row)) * 16)
#define ODD_ODD 0
#define EVEN_ODD(i) (1 + (i))
#define ODD_EVEN(j) (1 + POINTS + (j))
#define EVEN_EVEN(i, j) (1 + 2 * POINTS + (i) * POINTS + (j))

// One tile of the small image: POINTS x POINTS pixels from `window`.
TARGET static inline __attribute__((always_inline)) void NAME(spread_tile)(
    const float *window, int64_t row_stride, const VECTOR factor, const NAME(place) * place,
    int lane) {
  VECTOR d[POINTS][POINTS], t[POINTS];
  UNROLL for (int r = 0; r < POINTS; r++) {
    UNROLL for (int c = 0; c < POINTS; c++) {
      d[r][c] = LOAD(window + r * row_stride + c * 16) * factor;
    }
  }
  UNROLL for (int r = 0; r < TILE_M; r++) {
    UNROLL for (int c = 0; c < TILE_M; c++) {
      STORE(AT(ODD_ODD, (place->tile * TILE_M + r) * TILE_M + c) + lane, d[r][c]);
    }
    NAME(to_points)(d[r], t);
    UNROLL for (int j = 0; j < POINTS; j++) {
      STORE(AT(ODD_EVEN(j), place->tile * TILE_M + r) + lane, t[j]);
    }
    if (r == 0 && place->top >= 0) {
      UNROLL for (int j = 0; j < POINTS; j++) {
        STORE(AT(EVEN_EVEN(TILE_M, j), place->top) + lane, t[j]);
      }
    }
  }
  if (place->top >= 0) {
    UNROLL for (int c = 0; c < TILE_M; c++) {
      STORE(AT(EVEN_ODD(TILE_M), place->top * TILE_M + c) + lane, d[0][c]);
    }
  }
  if (place->left >= 0) {
    UNROLL for (int r = 0; r < TILE_M; r++) {
      STORE(AT(ODD_EVEN(TILE_M), place->left * TILE_M + r) + lane, d[r][0]);
    }
  }
  if (place->corner >= 0) STORE(AT(EVEN_EVEN(TILE_M, TILE_M), place->corner) + lane, d[0][0]);
  UNROLL for (int c = 0; c < POINTS; c++) {
    VECTOR column[POINTS];
    UNROLL for (int r = 0; r < POINTS; r++) column[r] = d[r][c];
    NAME(to_points)(column, t);
    UNROLL for (int i = 0; i < POINTS; i++) {
      d[i][c] = t[i];
      if (c < TILE_M) STORE(AT(EVEN_ODD(i), place->tile * TILE_M + c) + lane, t[i]);
    }
    if (c == 0 && place->left >= 0) {
      UNROLL for (int i = 0; i < POINTS; i++) {
        const int64_t number = place->left + (i == TILE_M ? place->top_count : 0);
        STORE(AT(EVEN_EVEN(i, TILE_M), number) + lane, t[i]);
      }
    }
  }
  UNROLL for (int i = 0; i < POINTS; i++) {
    NAME(to_points)(d[i], t);
    UNROLL for (int j = 0; j < POINTS; j++) STORE(AT(EVEN_EVEN(i, j), place->tile) + lane, t[j]);
  }
}

// One tile of the large image: (2 TILE_M + 1)^2 pixels from `window`.
TARGET static inline __attribute__((always_inline)) void NAME(gather_tile)(
    const float *window, int64_t row_stride, const VECTOR factor, const NAME(place) * place,
    int lane) {
#define PIXEL(r, c) (LOAD(window + (r) * row_stride + (c) * 16) * factor)
  VECTOR d[POINTS], t[POINTS];
  UNROLL for (int r = 0; r < TILE_M; r++) {
    UNROLL for (int c = 0; c < TILE_M; c++) {
      STORE(AT(ODD_ODD, (place->tile * TILE_M + r) * TILE_M + c) + lane,
            PIXEL(2 * r + 1, 2 * c + 1));
    }
    UNROLL for (int c = 0; c < POINTS; c++) d[c] = PIXEL(2 * r + 1, 2 * c);
    NAME(to_points)(d, t);
    UNROLL for (int j = 0; j < POINTS; j++) {
      STORE(AT(ODD_EVEN(j), place->tile * TILE_M + r) + lane, t[j]);
    }
  }
  UNROLL for (int c = 0; c < TILE_M; c++) {
    UNROLL for (int r = 0; r < POINTS; r++) d[r] = PIXEL(2 * r, 2 * c + 1);
    NAME(to_points)(d, t);
    UNROLL for (int i = 0; i < POINTS; i++) {
      STORE(AT(EVEN_ODD(i), place->tile * TILE_M + c) + lane, t[i]);
    }
  }
  VECTOR rows[POINTS][POINTS];
  UNROLL for (int c = 0; c < POINTS; c++) {
    UNROLL for (int r = 0; r < POINTS; r++) d[r] = PIXEL(2 * r, 2 * c);
    NAME(to_points)(d, t);
    UNROLL for (int i = 0; i < POINTS; i++) rows[i][c] = t[i];
  }
  UNROLL for (int i = 0; i < POINTS; i++) {
    NAME(to_points)(rows[i], t);
    UNROLL for (int j = 0; j < POINTS; j++) STORE(AT(EVEN_EVEN(i, j), place->tile) + lane, t[j]);
  }
#undef PIXEL
}

TARGET static void NAME(strided_input)(int direction, const semblance_strided_shape *s,
                                       const int64_t *offsets, int64_t block_begin,
                                       int64_t block_end, int64_t begin, int64_t end, float *v,
                                       int64_t block_stride) {
  float window[(2 * TILE_M + 1) * (2 * TILE_M + 1) * 16] __attribute__((aligned(64)));
  const int spread = direction == SEMBLANCE_SPREAD;
  const int side = spread ? POINTS : 2 * TILE_M + 1, step = spread ? TILE_M : 2 * TILE_M;
  const int64_t height = spread ? s->height : s->large_height;
  const int64_t width = spread ? s->width : s->large_width;
  const int64_t padding = spread ? 0 : s->padding;
  const int64_t tiles_across = (s->width + TILE_M - 1) / TILE_M;
  const int64_t top_end = end < tiles_across ? end : tiles_across;
  const int64_t top_count = spread && begin < top_end ? top_end - begin : 0;
  const int64_t left_count = (end + tiles_across - 1) / tiles_across -
                             (begin + tiles_across - 1) / tiles_across;
  for (int64_t block = block_begin; block < block_end; block++) {
    const float *plane = s->image + block * height * width * 16;
    int64_t across = begin % tiles_across, down = begin / tiles_across, left = 0;
    for (int64_t tile = begin; tile < end; tile++) {
      const int64_t n = end - begin, y = down * step - padding, x = across * step - padding;
      const float *source = plane + (y * width + x) * 16;
      int64_t stride = width * 16;
      if (y < 0 || x < 0 || y + side > height || x + side > width) {
        NAME(copy_window)(plane, height, width, y, x, side, window);
        source = window;
        stride = side * 16;
      }
      const NAME(place) place = {v + block * block_stride,
                                 offsets,
                                 tile - begin,
                                 spread && down == 0 ? n + tile - begin : -1,
                                 spread && across == 0 ? n + left++ : -1,
                                 spread && tile == 0 ? n + top_count + left_count : -1,
                                 top_count};
      UNROLL for (int lane = 0; lane < 16; lane += LANES) {
        const VECTOR factor =
            s->scale ? LOAD(s->scale + block * 16 + lane) : (VECTOR){0} + 1.0f;
        if (spread) {
          NAME(spread_tile)(source + lane, stride, factor, &place, lane);
        } else {
          NAME(gather_tile)(source + lane, stride, factor, &place, lane);
        }
      }
      if (++across == tiles_across) {
        across = 0;
        down++;
      }
    }
  }
}
#undef AT
#undef ODD_ODD
#undef EVEN_ODD
#undef ODD_EVEN
#undef EVEN_EVEN
