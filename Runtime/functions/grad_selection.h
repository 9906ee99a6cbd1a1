#ifndef GRAD_SELECTION_H
#define GRAD_SELECTION_H
#include "grad_base.h"

/* max, min, sign, relu, the annihilating product, and conversions to integers. */

/* IEEE 754-2019 maximum: NaN if an operand is, and +0 above -0, so the order of the operands does not matter. */
/* runtime: grad_max_f32 requires grad_bits_f32 grad_from_bits_f32 */
static inline float grad_max_f32(float a, float b) {
  if (a > b) return a;
  if (a < b) return b;
  if (a == b) return grad_from_bits_f32(grad_bits_f32(a) & grad_bits_f32(b));
  return a + b;
}
/* end */

/* runtime: grad_max_f64 requires grad_bits_f64 grad_from_bits_f64 */
static inline double grad_max_f64(double a, double b) {
  if (a > b) return a;
  if (a < b) return b;
  if (a == b) return grad_from_bits_f64(grad_bits_f64(a) & grad_bits_f64(b));
  return a + b;
}
/* end */

/* runtime: grad_min_f32 requires grad_bits_f32 grad_from_bits_f32 */
static inline float grad_min_f32(float a, float b) {
  if (a < b) return a;
  if (a > b) return b;
  if (a == b) return grad_from_bits_f32(grad_bits_f32(a) | grad_bits_f32(b));
  return a + b;
}
/* end */

/* runtime: grad_min_f64 requires grad_bits_f64 grad_from_bits_f64 */
static inline double grad_min_f64(double a, double b) {
  if (a < b) return a;
  if (a > b) return b;
  if (a == b) return grad_from_bits_f64(grad_bits_f64(a) | grad_bits_f64(b));
  return a + b;
}
/* end */

/*
  The largest and the least of n numbers, of none -infinity and infinity. Bits of floats, those below the sign turned over where it is
  set, are integers in the floats' order, +0 above -0, but for NaN; of these compilers make vectors.
*/
/* runtime: grad_max_of_block_f32 requires grad_max_f32 */
static inline float grad_max_of_block_f32(int64_t n, const float *x) {
  int32_t most = -0x7f800000 - 1, unordered = 0;
  for (int64_t i = 0; i < n; i++) {
    const int32_t bits = (int32_t)grad_bits_f32(x[i]);
    const int32_t key = bits ^ (bits < 0 ? 0x7fffffff : 0);
    most = key > most ? key : most;
    unordered |= (bits & 0x7fffffff) > 0x7f800000;
  }
  if (unordered) {
    float most = x[0];
    for (int64_t i = 1; i < n; i++) most = grad_max_f32(most, x[i]);
    return most;
  }
  return grad_from_bits_f32((uint32_t)(most ^ (most < 0 ? 0x7fffffff : 0)));
}
/* end */

/* runtime: grad_max_of_block_f64 requires grad_max_f64 */
static inline double grad_max_of_block_f64(int64_t n, const double *x) {
  int64_t most = -0x7ff0000000000000 - 1, unordered = 0;
  for (int64_t i = 0; i < n; i++) {
    const int64_t bits = (int64_t)grad_bits_f64(x[i]);
    const int64_t key = bits ^ (bits < 0 ? 0x7fffffffffffffff : 0);
    most = key > most ? key : most;
    unordered |= (bits & 0x7fffffffffffffff) > 0x7ff0000000000000;
  }
  if (unordered) {
    double most = x[0];
    for (int64_t i = 1; i < n; i++) most = grad_max_f64(most, x[i]);
    return most;
  }
  return grad_from_bits_f64((uint64_t)(most ^ (most < 0 ? 0x7fffffffffffffff : 0)));
}
/* end */

/* runtime: grad_min_of_block_f32 requires grad_min_f32 */
static inline float grad_min_of_block_f32(int64_t n, const float *x) {
  int32_t least = 0x7f800000, unordered = 0;
  for (int64_t i = 0; i < n; i++) {
    const int32_t bits = (int32_t)grad_bits_f32(x[i]);
    const int32_t key = bits ^ (bits < 0 ? 0x7fffffff : 0);
    least = key < least ? key : least;
    unordered |= (bits & 0x7fffffff) > 0x7f800000;
  }
  if (unordered) {
    float least = x[0];
    for (int64_t i = 1; i < n; i++) least = grad_min_f32(least, x[i]);
    return least;
  }
  return grad_from_bits_f32((uint32_t)(least ^ (least < 0 ? 0x7fffffff : 0)));
}
/* end */

/* runtime: grad_min_of_block_f64 requires grad_min_f64 */
static inline double grad_min_of_block_f64(int64_t n, const double *x) {
  int64_t least = 0x7ff0000000000000, unordered = 0;
  for (int64_t i = 0; i < n; i++) {
    const int64_t bits = (int64_t)grad_bits_f64(x[i]);
    const int64_t key = bits ^ (bits < 0 ? 0x7fffffffffffffff : 0);
    least = key < least ? key : least;
    unordered |= (bits & 0x7fffffffffffffff) > 0x7ff0000000000000;
  }
  if (unordered) {
    double least = x[0];
    for (int64_t i = 1; i < n; i++) least = grad_min_f64(least, x[i]);
    return least;
  }
  return grad_from_bits_f64((uint64_t)(least ^ (least < 0 ? 0x7fffffffffffffff : 0)));
}
/* end */

/* -1, +0 or 1; a NaN stays. */
/* runtime: grad_sign_f32 */
static inline float grad_sign_f32(float x) {
  if (x != x) return x;
  return (float)(x > 0.0f) - (float)(x < 0.0f);
}
/* end */

/* runtime: grad_sign_f64 */
static inline double grad_sign_f64(double x) {
  if (x != x) return x;
  return (double)(x > 0.0) - (double)(x < 0.0);
}
/* end */

/* runtime: grad_relu_f32 */
static inline float grad_relu_f32(float x) {
  if (x > 0.0f) return x;
  return x != x ? x : 0.0f;
}
/* end */

/* runtime: grad_relu_f64 */
static inline double grad_relu_f64(double x) {
  if (x > 0.0) return x;
  return x != x ? x : 0.0;
}
/* end */

/* d v, but +0 where v = 0 whatever d is: the adjoint of a branch that was not taken stays zero. */
/* runtime: grad_annihilating_multiply_f32 */
static inline float grad_annihilating_multiply_f32(float d, float v) { return v == 0.0f ? 0.0f : d * v; }
/* end */

/* runtime: grad_annihilating_multiply_f64 */
static inline double grad_annihilating_multiply_f64(double d, double v) { return v == 0.0 ? 0.0 : d * v; }
/* end */

/* Conversions to integers drop the fraction; what is out of range becomes the nearest integer, NaN becomes 0. */
/* runtime: grad_f32_to_i32 */
static inline int32_t grad_f32_to_i32(float x) {
  if (x >= 0x1p31f) return INT32_MAX;
  if (x <= -0x1p31f) return INT32_MIN;
  return x == x ? (int32_t)x : 0;
}
/* end */

/* runtime: grad_f32_to_i64 */
static inline int64_t grad_f32_to_i64(float x) {
  if (x >= 0x1p63f) return INT64_MAX;
  if (x <= -0x1p63f) return INT64_MIN;
  return x == x ? (int64_t)x : 0;
}
/* end */

/* runtime: grad_f64_to_i32 */
static inline int32_t grad_f64_to_i32(double x) {
  if (x >= 0x1p31) return INT32_MAX;
  if (x <= -0x1p31) return INT32_MIN;
  return x == x ? (int32_t)x : 0;
}
/* end */

/* runtime: grad_f64_to_i64 */
static inline int64_t grad_f64_to_i64(double x) {
  if (x >= 0x1p63) return INT64_MAX;
  if (x <= -0x1p63) return INT64_MIN;
  return x == x ? (int64_t)x : 0;
}
/* end */
#endif
