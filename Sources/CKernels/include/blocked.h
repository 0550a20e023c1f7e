#ifndef SEMBLANCE_BLOCKED_H
#define SEMBLANCE_BLOCKED_H
#include <stdint.h>

// The blocked layout: channels in blocks of 16, [ceil(C / 16), H, W, 16] per image, contiguous;
// channels beyond C are zero.
enum { SEMBLANCE_BLOCK = 16 };

// [channels, pixels] -> [blocks, pixels, 16] for blocks begin..<end.
void semblance_block(const float *planar, int64_t channels, int64_t pixels, int64_t begin,
                     int64_t end, float *blocked);
// [blocks, pixels, 16] -> [channels, pixels], the channels of blocks begin..<end.
void semblance_unblock(const float *blocked, int64_t channels, int64_t pixels, int64_t begin,
                       int64_t end, float *planar);
#endif
