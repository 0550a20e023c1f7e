// The growing output of the encoders.
#include <stdlib.h>
#include <string.h>

#include "codec_internal.h"

int semblance_bytes_append(semblance_bytes *bytes, const uint8_t *source, size_t count) {
  size_t needed;
  if (__builtin_add_overflow(bytes->size, count, &needed)) return 0;
  if (needed > bytes->capacity) {
    size_t capacity = bytes->capacity ? bytes->capacity : 1 << 16;
    while (capacity < needed) {
      if (__builtin_mul_overflow(capacity, (size_t)2, &capacity)) return 0;
    }
    uint8_t *grown = realloc(bytes->data, capacity);
    if (!grown) return 0;
    bytes->data = grown;
    bytes->capacity = capacity;
  }
  memcpy(bytes->data + bytes->size, source, count);
  bytes->size = needed;
  return 1;
}

void semblance_bytes_free(semblance_bytes *bytes) {
  free(bytes->data);
  memset(bytes, 0, sizeof *bytes);
}
