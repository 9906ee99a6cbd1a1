#ifndef GRAD_INTEGER_H
#define GRAD_INTEGER_H
#include "grad_base.h"

/* Integers wrap: arithmetic that may overflow is that of the unsigned type. A division by 0 gives 0. */

/* runtime: grad_abs_i32 */
static inline int32_t grad_abs_i32(int32_t x) { return x < 0 ? (int32_t)(0u - (uint32_t)x) : x; }
/* end */

/* runtime: grad_sign_i32 */
static inline int32_t grad_sign_i32(int32_t x) { return (int32_t)(x > 0) - (int32_t)(x < 0); }
/* end */

/* runtime: grad_max_i32 */
static inline int32_t grad_max_i32(int32_t a, int32_t b) { return a > b ? a : b; }
/* end */

/* runtime: grad_min_i32 */
static inline int32_t grad_min_i32(int32_t a, int32_t b) { return a < b ? a : b; }
/* end */

/* a - b floor(a / b): the result has the sign of b. A divisor of -1 is taken apart, for the smallest number has no negative. */
/* runtime: grad_remainder_i32 */
static inline int32_t grad_remainder_i32(int32_t a, int32_t b) {
  int32_t rest;
  if (b == 0 || b == -1) return 0;
  rest = a % b;
  return rest != 0 && (rest ^ b) < 0 ? rest + b : rest;
}
/* end */

/* floor(a / b). */
/* runtime: grad_floor_divide_i32 */
static inline int32_t grad_floor_divide_i32(int32_t a, int32_t b) {
  int32_t quotient;
  if (b == 0) return 0;
  if (b == -1) return (int32_t)(0u - (uint32_t)a);
  quotient = a / b;
  return a % b != 0 && (a ^ b) < 0 ? quotient - 1 : quotient;
}
/* end */

/* base to the power exponent ≥ 0, by squaring. */
/* runtime: grad_pow_i32 */
static inline int32_t grad_pow_i32(int32_t base, int32_t exponent) {
  uint32_t power = 1u;
  uint32_t square = (uint32_t)base;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) power *= square;
    square *= square;
  }
  return (int32_t)power;
}
/* end */

/* runtime: grad_abs_i64 */
static inline int64_t grad_abs_i64(int64_t x) { return x < 0 ? (int64_t)(0u - (uint64_t)x) : x; }
/* end */

/* runtime: grad_sign_i64 */
static inline int64_t grad_sign_i64(int64_t x) { return (int64_t)(x > 0) - (int64_t)(x < 0); }
/* end */

/* runtime: grad_max_i64 */
static inline int64_t grad_max_i64(int64_t a, int64_t b) { return a > b ? a : b; }
/* end */

/* runtime: grad_min_i64 */
static inline int64_t grad_min_i64(int64_t a, int64_t b) { return a < b ? a : b; }
/* end */

/* a - b floor(a / b): the result has the sign of b. A divisor of -1 is taken apart, for the smallest number has no negative. */
/* runtime: grad_remainder_i64 */
static inline int64_t grad_remainder_i64(int64_t a, int64_t b) {
  int64_t rest;
  if (b == 0 || b == -1) return 0;
  rest = a % b;
  return rest != 0 && (rest ^ b) < 0 ? rest + b : rest;
}
/* end */

/* floor(a / b). */
/* runtime: grad_floor_divide_i64 */
static inline int64_t grad_floor_divide_i64(int64_t a, int64_t b) {
  int64_t quotient;
  if (b == 0) return 0;
  if (b == -1) return (int64_t)(0u - (uint64_t)a);
  quotient = a / b;
  return a % b != 0 && (a ^ b) < 0 ? quotient - 1 : quotient;
}
/* end */

/* base to the power exponent ≥ 0, by squaring. */
/* runtime: grad_pow_i64 */
static inline int64_t grad_pow_i64(int64_t base, int64_t exponent) {
  uint64_t power = 1u;
  uint64_t square = (uint64_t)base;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) power *= square;
    square *= square;
  }
  return (int64_t)power;
}
/* end */
#endif
