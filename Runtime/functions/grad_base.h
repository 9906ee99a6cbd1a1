#ifndef GRAD_BASE_H
#define GRAD_BASE_H
#include <stdint.h>
#include "../include/grad_accumulators.h"

/*
  What the other families stand on: bits of numbers, fused multiply-add, rounding to integers, square roots.

  How these files are read: text between a line `runtime: name requires names…` and the line `end` is one definition, C99
  that is complete when the definitions it requires and <stdint.h> come before it; generated files carry only those they use.
  The first line of a function's definition that holds its name is its whole signature. Types are named in the same way.
  `grad_floating_point` comes before every other definition.
*/

/* runtime: grad_floating_point */
#if defined(__FAST_MATH__)
#error "compiled with -ffast-math the results would not be the promised ones"
#endif
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif
/* end */

/* What compilers are told beyond C99, where they understand it. */
/* runtime: grad_compiler */
#if defined(__GNUC__)
#define GRAD_INLINE __attribute__((always_inline))
#define GRAD_APART __attribute__((noinline))
/* What is long and seldom called: its callers would grow and be slower to compile. */
#define GRAD_SELDOM __attribute__((noinline, cold, unused))
#define GRAD_ALIGNED __attribute__((aligned(64)))
#define GRAD_PREFETCH(place) __builtin_prefetch(place, 0, 2)
#define GRAD_PREFETCH_TO_WRITE(place) __builtin_prefetch(place, 1)
#else
#define GRAD_INLINE
#define GRAD_APART
#define GRAD_SELDOM inline
#define GRAD_ALIGNED
#define GRAD_PREFETCH(place) ((void)(place))
#define GRAD_PREFETCH_TO_WRITE(place) ((void)(place))
#endif
#if defined(__clang__)
#define GRAD_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define GRAD_UNROLL _Pragma("GCC unroll 16")
#else
#define GRAD_UNROLL
#endif
/* end */

/* runtime: grad_pun_f32 */
typedef union {
  float value;
  uint32_t bits;
} grad_pun_f32;
/* end */

/* runtime: grad_pun_f64 */
typedef union {
  double value;
  uint64_t bits;
} grad_pun_f64;
/* end */

/* runtime: grad_bits_f32 requires grad_pun_f32 */
static inline uint32_t grad_bits_f32(float x) {
  grad_pun_f32 pun;
  pun.value = x;
  return pun.bits;
}
/* end */

/* runtime: grad_bits_f64 requires grad_pun_f64 */
static inline uint64_t grad_bits_f64(double x) {
  grad_pun_f64 pun;
  pun.value = x;
  return pun.bits;
}
/* end */

/* runtime: grad_from_bits_f32 requires grad_pun_f32 */
static inline float grad_from_bits_f32(uint32_t bits) {
  grad_pun_f32 pun;
  pun.bits = bits;
  return pun.value;
}
/* end */

/* runtime: grad_from_bits_f64 requires grad_pun_f64 */
static inline double grad_from_bits_f64(uint64_t bits) {
  grad_pun_f64 pun;
  pun.bits = bits;
  return pun.value;
}
/* end */

/* runtime: grad_infinity_f32 requires grad_from_bits_f32 */
static inline float grad_infinity_f32(void) { return grad_from_bits_f32(0x7f800000u); }
/* end */

/* runtime: grad_infinity_f64 requires grad_from_bits_f64 */
static inline double grad_infinity_f64(void) { return grad_from_bits_f64((uint64_t)0x7ff << 52); }
/* end */

/* runtime: grad_nan_f32 requires grad_from_bits_f32 */
static inline float grad_nan_f32(void) { return grad_from_bits_f32(0x7fc00000u); }
/* end */

/* runtime: grad_nan_f64 requires grad_from_bits_f64 */
static inline double grad_nan_f64(void) { return grad_from_bits_f64((uint64_t)0xfff << 51); }
/* end */

/* runtime: grad_abs_f32 requires grad_bits_f32 grad_from_bits_f32 */
static inline float grad_abs_f32(float x) { return grad_from_bits_f32(grad_bits_f32(x) & 0x7fffffffu); }
/* end */

/* runtime: grad_abs_f64 requires grad_bits_f64 grad_from_bits_f64 */
static inline double grad_abs_f64(double x) { return grad_from_bits_f64(grad_bits_f64(x) & ~((uint64_t)1 << 63)); }
/* end */

/* runtime: grad_copysign_f32 requires grad_bits_f32 grad_from_bits_f32 */
static inline float grad_copysign_f32(float size, float sign) {
  return grad_from_bits_f32((grad_bits_f32(size) & 0x7fffffffu) | (grad_bits_f32(sign) & 0x80000000u));
}
/* end */

/* runtime: grad_copysign_f64 requires grad_bits_f64 grad_from_bits_f64 */
static inline double grad_copysign_f64(double size, double sign) {
  uint64_t sign_bit = (uint64_t)1 << 63;
  return grad_from_bits_f64((grad_bits_f64(size) & ~sign_bit) | (grad_bits_f64(sign) & sign_bit));
}
/* end */

/* a where c is 1, b where it is 0: by bits, which compilers turn into vector code where a branch would stay one. */
/* runtime: grad_select_f32 requires grad_bits_f32 grad_from_bits_f32 */
static inline float grad_select_f32(int c, float a, float b) {
  uint32_t mask = 0u - (uint32_t)c;
  return grad_from_bits_f32((grad_bits_f32(a) & mask) | (grad_bits_f32(b) & ~mask));
}
/* end */

/* 2^k for -126 ≤ k ≤ 127, k in two's complement. */
/* runtime: grad_power_of_two_f32 requires grad_from_bits_f32 */
static inline float grad_power_of_two_f32(uint32_t k) { return grad_from_bits_f32((k + 127u) << 23); }
/* end */

/* 2^k for -1022 ≤ k ≤ 1023. */
/* runtime: grad_power_of_two_f64 requires grad_from_bits_f64 */
static inline double grad_power_of_two_f64(int k) { return grad_from_bits_f64((uint64_t)(k + 1023) << 52); }
/* end */

/* a b + c, rounded once. */
/* runtime: grad_fma_f32 */
#if defined(__GNUC__)
static inline float grad_fma_f32(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
#else
float fmaf(float, float, float);
static inline float grad_fma_f32(float a, float b, float c) { return fmaf(a, b, c); }
#endif
/* end */

/* runtime: grad_fma_f64 */
#if defined(__GNUC__)
static inline double grad_fma_f64(double a, double b, double c) { return __builtin_fma(a, b, c); }
#else
double fma(double, double, double);
static inline double grad_fma_f64(double a, double b, double c) { return fma(a, b, c); }
#endif
/* end */

/* The root by the machine, where a compiler can be asked for it without a library call that sets errno. */
/* runtime: grad_root_f32 */
#if defined(__clang__) && defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define grad_root_f32(x) __builtin_elementwise_sqrt((float)(x))
#endif
#endif
#if !defined(grad_root_f32) && defined(__GNUC__)
#define grad_root_f32(x) __builtin_sqrtf(x)
#endif
#if !defined(grad_root_f32)
float sqrtf(float);
#define grad_root_f32(x) sqrtf(x)
#endif
/* end */

/* runtime: grad_root_f64 */
#if defined(__clang__) && defined(__has_builtin)
#if __has_builtin(__builtin_elementwise_sqrt)
#define grad_root_f64(x) __builtin_elementwise_sqrt((double)(x))
#endif
#endif
#if !defined(grad_root_f64) && defined(__GNUC__)
#define grad_root_f64(x) __builtin_sqrt(x)
#endif
#if !defined(grad_root_f64)
double sqrt(double);
#define grad_root_f64(x) sqrt(x)
#endif
/* end */

/* Negative numbers are tested for: the NaN's sign is always the same. */
/* runtime: grad_sqrt_f32 requires grad_root_f32 grad_nan_f32 */
static inline float grad_sqrt_f32(float x) { return x < 0.0f ? grad_nan_f32() : grad_root_f32(x); }
/* end */

/* runtime: grad_sqrt_f64 requires grad_root_f64 grad_nan_f64 */
static inline double grad_sqrt_f64(double x) { return x < 0.0 ? grad_nan_f64() : grad_root_f64(x); }
/* end */

/* To the nearest integer, halves to even. Below 2^23 (2^52) adding that number rounds the fraction away. */
/* runtime: grad_round_f32 requires grad_abs_f32 grad_copysign_f32 */
static inline float grad_round_f32(float x) {
  float size = grad_abs_f32(x);
  float rounded = (size + 0x1p23f) - 0x1p23f;
  return size < 0x1p23f ? grad_copysign_f32(rounded, x) : x;
}
/* end */

/* runtime: grad_round_f64 requires grad_abs_f64 grad_copysign_f64 */
static inline double grad_round_f64(double x) {
  double size = grad_abs_f64(x);
  double rounded = (size + 0x1p52) - 0x1p52;
  return size < 0x1p52 ? grad_copysign_f64(rounded, x) : x;
}
/* end */

/* runtime: grad_floor_f32 requires grad_round_f32 grad_copysign_f32 */
static inline float grad_floor_f32(float x) {
  float rounded = grad_round_f32(x);
  return rounded > x ? grad_copysign_f32(rounded - 1.0f, x) : rounded;
}
/* end */

/* runtime: grad_floor_f64 requires grad_round_f64 grad_copysign_f64 */
static inline double grad_floor_f64(double x) {
  double rounded = grad_round_f64(x);
  return rounded > x ? grad_copysign_f64(rounded - 1.0, x) : rounded;
}
/* end */

/* runtime: grad_ceil_f32 requires grad_round_f32 grad_copysign_f32 */
static inline float grad_ceil_f32(float x) {
  float rounded = grad_round_f32(x);
  return rounded < x ? grad_copysign_f32(rounded + 1.0f, x) : rounded;
}
/* end */

/* runtime: grad_ceil_f64 requires grad_round_f64 grad_copysign_f64 */
static inline double grad_ceil_f64(double x) {
  double rounded = grad_round_f64(x);
  return rounded < x ? grad_copysign_f64(rounded + 1.0, x) : rounded;
}
/* end */
#endif
