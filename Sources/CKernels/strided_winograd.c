#include "strided_winograd.h"

#include "isa_dispatch.h"

int64_t semblance_strided_matrices(int m) { return (m + 2) * (m + 2); }

void semblance_strided_offsets(int m, int direction, const semblance_strided_shape *shape,
                               int64_t begin, int64_t end, int64_t *offsets) {
  const int64_t n = end - begin, across = (shape->width + m - 1) / m;
  int64_t top = 0, left = 0, corner = 0;
  if (direction == SEMBLANCE_SPREAD && n > 0) {
    top = begin < across ? (end < across ? end : across) - begin : 0;
    left = (end + across - 1) / across - (begin + across - 1) / across;
    corner = begin == 0;
  }
  int64_t row = 0;
  *offsets++ = row;
  *offsets++ = row += m * m * n;
  for (int i = 0; i <= m; i++) *offsets++ = row += m * (n + (i == m ? top : 0));
  for (int j = 0; j <= m; j++) *offsets++ = row += m * (n + (j == m ? left : 0));
  for (int i = 0; i <= m; i++) {
    for (int j = 0; j <= m; j++) {
      *offsets++ = row += n + (i == m ? top : 0) + (j == m ? left : 0) +
                          (i == m && j == m ? corner : 0);
    }
  }
}

#define BODY "strided_input_body.h"
#include "winograd_levels.h"

void semblance_strided_input(int m, int direction, const semblance_strided_shape *shape,
                             int64_t block_begin, int64_t block_end, int64_t begin, int64_t end,
                             float *v, int64_t block_stride) {
  int64_t offsets[37];
  semblance_strided_offsets(m, direction, shape, begin, end, offsets);
  WINOGRAD_CHOOSE(strided_input, m,
                  (direction, shape, offsets, block_begin, block_end, begin, end, v, block_stride))
}
