// Template: see lanes.h and strided_tiles.h.
#include "lanes.h"
#include "epilogue_body.h"
#include "strided_tiles.h"

#define AT(matrix, row) LOAD(products + (offsets[matrix] + (row)) * 16)
#define ODD_ODD 0
#define EVEN_ODD(i) (1 + (i))
#define ODD_EVEN(j) (1 + POINTS + (j))
#define EVEN_EVEN(i, j) (1 + 2 * POINTS + (i) * POINTS + (j))

// A pixel of the large image, when it is inside.
#define PUT(y, x, value)                                                                       \
  if (whole || ((y) >= 0 && (y) < s->large_height && (x) >= 0 && (x) < s->large_width)) {      \
    STORE(plane + ((y) * s->large_width + (x)) * 16, value);                                   \
  }

// The 2 TILE_M x 2 TILE_M pixels of the large image that follow row 2 TILE_M down, column
// 2 TILE_M across (before the padding is taken off).
TARGET static inline __attribute__((always_inline)) void NAME(spread_pixels)(
    const semblance_strided_shape *s, const float *products, const int64_t *offsets, int64_t tile,
    int64_t down, int64_t across, float *plane) {
  const int64_t y0 = 2 * TILE_M * down + 1 - s->padding, x0 = 2 * TILE_M * across + 1 - s->padding;
  const int whole = y0 >= 0 && x0 >= 0 && y0 + 2 * TILE_M <= s->large_height &&
                    x0 + 2 * TILE_M <= s->large_width;
  VECTOR m[POINTS], t[TILE_M];
  UNROLL for (int r = 0; r < TILE_M; r++) {
    UNROLL for (int j = 0; j < POINTS; j++) m[j] = AT(ODD_EVEN(j), tile * TILE_M + r);
    NAME(from_points)(m, t);
    UNROLL for (int c = 0; c < TILE_M; c++) {
      PUT(y0 + 2 * r, x0 + 2 * c, AT(ODD_ODD, (tile * TILE_M + r) * TILE_M + c))
      PUT(y0 + 2 * r, x0 + 2 * c + 1, t[c])
    }
  }
  UNROLL for (int c = 0; c < TILE_M; c++) {
    UNROLL for (int i = 0; i < POINTS; i++) m[i] = AT(EVEN_ODD(i), tile * TILE_M + c);
    NAME(from_points)(m, t);
    UNROLL for (int r = 0; r < TILE_M; r++) PUT(y0 + 2 * r + 1, x0 + 2 * c, t[r])
  }
  VECTOR rows[TILE_M][POINTS];
  UNROLL for (int j = 0; j < POINTS; j++) {
    UNROLL for (int i = 0; i < POINTS; i++) m[i] = AT(EVEN_EVEN(i, j), tile);
    NAME(from_points)(m, t);
    UNROLL for (int r = 0; r < TILE_M; r++) rows[r][j] = t[r];
  }
  UNROLL for (int r = 0; r < TILE_M; r++) {
    NAME(from_points)(rows[r], t);
    UNROLL for (int c = 0; c < TILE_M; c++) PUT(y0 + 2 * r + 1, x0 + 2 * c + 1, t[c])
  }
}

// Row 0 of the large image above tile `across`, and likewise column 0: one-dimensional.
TARGET static void NAME(spread_border)(const semblance_strided_shape *s, const float *products,
                                       const int64_t *offsets, int is_top, int64_t number,
                                       int64_t top_count, int64_t index, float *plane) {
  const int whole = 0;
  const int64_t along = 2 * TILE_M * index + 1 - s->padding;
  VECTOR m[POINTS], t[TILE_M];
  UNROLL for (int j = 0; j < POINTS; j++) {
    m[j] = is_top ? AT(EVEN_EVEN(TILE_M, j), number)
                  : AT(EVEN_EVEN(j, TILE_M), number + (j == TILE_M ? top_count : 0));
  }
  NAME(from_points)(m, t);
  UNROLL for (int c = 0; c < TILE_M; c++) {
    const VECTOR odd = is_top ? AT(EVEN_ODD(TILE_M), number * TILE_M + c)
                              : AT(ODD_EVEN(TILE_M), number * TILE_M + c);
    const int64_t y = is_top ? -s->padding : along + 2 * c, x = is_top ? along + 2 * c : -s->padding;
    PUT(y, x, odd)
    PUT(y + (is_top ? 0 : 1), x + (is_top ? 1 : 0), t[c])
  }
}

TARGET static void NAME(strided_spread)(const semblance_strided_shape *s, const int64_t *offsets,
                                        int64_t block_begin, int64_t block_end, int64_t begin,
                                        int64_t end, const float *m, int64_t block_stride,
                                        float *out) {
  const int64_t tiles_across = (s->width + TILE_M - 1) / TILE_M, n = end - begin;
  const int64_t top_end = end < tiles_across ? end : tiles_across;
  const int64_t top_count = begin < top_end ? top_end - begin : 0;
  const int whole = 0;
  for (int64_t block = block_begin; block < block_end; block++) {
    UNROLL for (int lane = 0; lane < 16; lane += LANES) {
      const float *products = m + (block - block_begin) * block_stride + lane;
      float *plane = out + block * s->large_height * s->large_width * 16 + lane;
      int64_t across = begin % tiles_across, down = begin / tiles_across, left = n;
      for (int64_t tile = 0; tile < n; tile++) {
        NAME(spread_pixels)(s, products, offsets, tile, down, across, plane);
        if (s->padding == 0 && down == 0) {
          NAME(spread_border)(s, products, offsets, 1, n + tile, top_count, across, plane);
        }
        if (s->padding == 0 && across == 0) {
          NAME(spread_border)(s, products, offsets, 0, left++, top_count, down, plane);
        }
        if (++across == tiles_across) {
          across = 0;
          down++;
        }
      }
      if (s->padding == 0 && begin == 0) {
        PUT(0, 0, AT(EVEN_EVEN(TILE_M, TILE_M), left + top_count))
      }
    }
  }
}

TARGET static void NAME(strided_gather)(const semblance_strided_shape *s,
                                        const semblance_epilogue *e, const float *weighting,
                                        const int64_t *offsets, int64_t block_begin,
                                        int64_t block_end, int64_t begin, int64_t end,
                                        const float *m_base, int64_t block_stride, float *out,
                                        float *sums) {
  const int64_t tiles_across = (s->width + TILE_M - 1) / TILE_M;
  for (int64_t block = block_begin; block < block_end; block++) {
    UNROLL for (int lane = 0; lane < 16; lane += LANES) {
      const float *products = m_base + (block - block_begin) * block_stride + lane;
      const int64_t plane = block * s->height * s->width * 16 + lane;
      NAME(epilogue)
      epilogue = NAME(epilogue_of)(e, block * 16 + lane, weighting ? weighting + plane : 0);
      int64_t across = begin % tiles_across, down = begin / tiles_across;
      for (int64_t tile = 0; tile < end - begin; tile++) {
        VECTOR m[POINTS], t[TILE_M], even[TILE_M][TILE_M];
        // Even rows: A^T of what both kinds of columns give.
        VECTOR rows[POINTS][TILE_M];
        UNROLL for (int i = 0; i < POINTS; i++) {
          UNROLL for (int j = 0; j < POINTS; j++) m[j] = AT(EVEN_EVEN(i, j), tile);
          NAME(from_points)(m, t);
          UNROLL for (int c = 0; c < TILE_M; c++) {
            rows[i][c] = t[c] + AT(EVEN_ODD(i), tile * TILE_M + c);
          }
        }
        UNROLL for (int c = 0; c < TILE_M; c++) {
          UNROLL for (int i = 0; i < POINTS; i++) m[i] = rows[i][c];
          NAME(from_points)(m, t);
          UNROLL for (int r = 0; r < TILE_M; r++) even[r][c] = t[r];
        }
        const int64_t y0 = down * TILE_M, x0 = across * TILE_M;
        const int whole = y0 + TILE_M <= s->height && x0 + TILE_M <= s->width;
        UNROLL for (int r = 0; r < TILE_M; r++) {
          UNROLL for (int j = 0; j < POINTS; j++) m[j] = AT(ODD_EVEN(j), tile * TILE_M + r);
          NAME(from_points)(m, t);
          UNROLL for (int c = 0; c < TILE_M; c++) {
            if (whole || (y0 + r < s->height && x0 + c < s->width)) {
              const int64_t pixel = (y0 + r) * s->width + x0 + c;
              const VECTOR z =
                  even[r][c] + (t[c] + AT(ODD_ODD, (tile * TILE_M + r) * TILE_M + c));
              STORE(out + plane + pixel * 16, NAME(finish)(&epilogue, z, pixel));
            }
          }
        }
        if (++across == tiles_across) {
          across = 0;
          down++;
        }
      }
      if (weighting) STORE(sums + block * 16 + lane, epilogue.total);
    }
  }
}
#undef AT
#undef PUT
#undef ODD_ODD
#undef EVEN_ODD
#undef ODD_EVEN
#undef EVEN_EVEN
