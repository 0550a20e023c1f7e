#ifndef SEMBLANCE_CKERNELS_H
#define SEMBLANCE_CKERNELS_H
// SIMD kernels: plain functions on raw float pointers and sizes. They allocate nothing and keep
// no state but the instruction set in force.
#include "isa.h"
#endif
