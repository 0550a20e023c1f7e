#ifndef SEMBLANCE_CKERNELS_H
#define SEMBLANCE_CKERNELS_H
// SIMD kernels: plain functions on raw float pointers and sizes. They allocate nothing and keep
// no state but the instruction set in force.
#include "blocked.h"
#include "blocked_filter.h"
#include "blocked_interpolation.h"
#include "blocked_pool.h"
#include "blocked_unit_distance.h"
#include "elementwise.h"
#include "epilogue.h"
#include "grid.h"
#include "im2col.h"
#include "isa.h"
#include "label_modulation.h"
#include "modulation.h"
#include "panel_product.h"
#include "patches.h"
#include "planes.h"
#include "processors.h"
#include "reduce.h"
#include "resample_nchw.h"
#include "strided_winograd.h"
#include "tap_panels.h"
#include "winograd.h"
#include "unit_distance.h"
#include "weight_gradient.h"
#endif
