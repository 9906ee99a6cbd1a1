#ifndef GRAD_BLOCKS_H
#define GRAD_BLOCKS_H
#include "../functions/all.h"

/*
  The functions over arrays, for code whose compiler does not vectorise. Each is the plain loop over the function's text, which the
  compiler of the library turns into vector instructions; y = x is allowed and is no dependence between iterations.
*/
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#define GRAD_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define GRAD_INDEPENDENT _Pragma("GCC ivdep")
#endif

/* Long chains of operations: four vectors side by side as far as there are four. */
#if defined(__clang__) && GRAD_VECTOR_BYTES
#define GRAD_FOR_LONG_BLOCK(statement) \
  const int64_t fours = n < 64 ? 0 : n & -64; \
  _Pragma("clang loop vectorize(assume_safety) interleave_count(4)") for (int64_t i = 0; i < fours; i++) { statement } \
  GRAD_INDEPENDENT for (int64_t i = fours; i < n; i++) { statement }
#else
#define GRAD_FOR_LONG_BLOCK(statement) GRAD_INDEPENDENT for (int64_t i = 0; i < n; i++) { statement }
#endif

#define GRAD_DEFINE_BLOCK(op) \
  GRAD_DEFINE_BLOCK_OF(op, f32, float) \
  GRAD_DEFINE_BLOCK_OF(op, f64, double)
#define GRAD_DEFINE_BLOCK_OF(op, suffix, type) \
  __attribute__((flatten)) static void grad_##op##_block_##suffix(int64_t n, type *y, const type *x) { \
    GRAD_INDEPENDENT \
    for (int64_t i = 0; i < n; i++) y[i] = grad_##op##_##suffix(x[i]); \
  }
#define GRAD_DEFINE_LONG_BLOCK(op) \
  GRAD_DEFINE_LONG_BLOCK_OF(op, f32, float) \
  GRAD_DEFINE_LONG_BLOCK_OF(op, f64, double)
#define GRAD_DEFINE_LONG_BLOCK_OF(op, suffix, type) \
  __attribute__((flatten)) static void grad_##op##_block_##suffix(int64_t n, type *y, const type *x) { \
    GRAD_FOR_LONG_BLOCK(y[i] = grad_##op##_##suffix(x[i]);) \
  }

/* sin, cos, tan: the reduction of large arguments is a loop of its own, so a block that has any goes one by one. */
#define GRAD_DEFINE_PERIODIC_BLOCK(op) \
  GRAD_DEFINE_PERIODIC_BLOCK_OF(op, f32, float, 0x1p28f) \
  GRAD_DEFINE_PERIODIC_BLOCK_OF(op, f64, double, 0x1p20)
#define GRAD_DEFINE_PERIODIC_BLOCK_OF(op, suffix, type, limit) \
  __attribute__((flatten)) static void grad_##op##_block_##suffix(int64_t n, type *y, const type *x) { \
    for (int64_t start = 0; start < n; start += 256) { \
      int64_t end = n - start < 256 ? n : start + 256; \
      int large = 0; \
      for (int64_t i = start; i < end; i++) large |= !(grad_abs_##suffix(x[i]) <= limit); \
      if (large) { \
        for (int64_t i = start; i < end; i++) y[i] = grad_##op##_##suffix(x[i]); \
      } else { \
        GRAD_INDEPENDENT \
        for (int64_t i = start; i < end; i++) y[i] = grad_##op##_moderate_##suffix(x[i]); \
      } \
    } \
  }

GRAD_DEFINE_LONG_BLOCK(exp)
GRAD_DEFINE_LONG_BLOCK(expm1)
GRAD_DEFINE_BLOCK(log)
GRAD_DEFINE_BLOCK(log1p)
GRAD_DEFINE_BLOCK(sqrt)
GRAD_DEFINE_BLOCK(rsqrt)
GRAD_DEFINE_PERIODIC_BLOCK(sin)
GRAD_DEFINE_PERIODIC_BLOCK(cos)
GRAD_DEFINE_PERIODIC_BLOCK(tan)
GRAD_DEFINE_BLOCK(asin)
GRAD_DEFINE_BLOCK(acos)
GRAD_DEFINE_BLOCK(atan)
GRAD_DEFINE_BLOCK(sinh)
GRAD_DEFINE_BLOCK(cosh)
GRAD_DEFINE_LONG_BLOCK(tanh)
GRAD_DEFINE_BLOCK(erf)
GRAD_DEFINE_BLOCK(erfc)
GRAD_DEFINE_LONG_BLOCK(sigmoid)
GRAD_DEFINE_LONG_BLOCK(softplus)
GRAD_DEFINE_LONG_BLOCK(gelu)
GRAD_DEFINE_LONG_BLOCK(silu)
GRAD_DEFINE_BLOCK(floor)
GRAD_DEFINE_BLOCK(ceil)
GRAD_DEFINE_BLOCK(round)
GRAD_DEFINE_BLOCK(abs)
GRAD_DEFINE_BLOCK(sign)
GRAD_DEFINE_BLOCK(relu)
#endif
