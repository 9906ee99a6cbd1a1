#ifndef GRAD_DIVISION_H
#define GRAD_DIVISION_H
#include "grad_base.h"

/* Remainder and floor division of floating-point numbers, with the results of Python and numpy. */

/* m 2^shift mod n for m < n < 2^53, eleven bits at a time. */
/* runtime: grad_shifted_modulo */
static inline uint64_t grad_shifted_modulo(uint64_t m, int shift, uint64_t n) {
  for (; shift > 11; shift -= 11) m = (m << 11) % n;
  return (m << shift) % n;
}
/* end */

/* The exact a - b trunc(a / b), for finite a ≥ 0 and b > 0. A quotient below 2^52 is found by division: it is at most one too large,
   and the product's difference is exact. */
/* runtime: grad_truncated_remainder_f64 requires grad_bits_f64 grad_fma_f64 grad_floor_f64 grad_shifted_modulo grad_power_of_two_f64 */
static inline double grad_truncated_remainder_f64(double a, double b) {
  double quotient = a / b;
  if (a < b) return a;
  if (quotient < 0x1p52 && b > 0x1p-900 && a < 0x1p900) {
    double rest = grad_fma_f64(-grad_floor_f64(quotient), b, a);
    return rest < 0.0 ? rest + b : rest;
  } else {
    uint64_t fraction = ((uint64_t)1 << 52) - 1;
    int exponent_a = (int)(grad_bits_f64(a) >> 52);
    int exponent_b = (int)(grad_bits_f64(b) >> 52);
    uint64_t m = grad_bits_f64(a) & fraction;
    uint64_t n = grad_bits_f64(b) & fraction;
    if (exponent_a > 0) m |= fraction + 1;
    if (exponent_b > 0) n |= fraction + 1;
    if (exponent_a == 0) exponent_a = 1;
    if (exponent_b == 0) exponent_b = 1;
    m = grad_shifted_modulo(m % n, exponent_a - exponent_b, n);
    return (double)(int64_t)m * grad_power_of_two_f64(exponent_b / 2 - 537) * grad_power_of_two_f64(exponent_b - exponent_b / 2 - 538);
  }
}
/* end */

/* a - b floor(a / b): the sign of the divisor, a zero too. */
/* runtime: grad_remainder_f64 requires grad_truncated_remainder_f64 grad_abs_f64 grad_copysign_f64 grad_nan_f64 grad_infinity_f64 */
static inline double grad_remainder_f64(double a, double b) {
  double size = grad_abs_f64(b);
  double rest;
  if (a != a || b != b) return a + b;
  if (b == 0.0 || grad_abs_f64(a) == grad_infinity_f64()) return grad_nan_f64();
  rest = grad_abs_f64(a);
  if (size != grad_infinity_f64()) rest = grad_truncated_remainder_f64(rest, size);
  if (rest == 0.0) return grad_copysign_f64(0.0, b);
  if ((a < 0.0) != (b < 0.0)) rest = size - rest;
  return grad_copysign_f64(rest, b);
}
/* end */

/* floor(a / b) for the exact quotient, as near as a number can be; a / b for b = 0. */
/* runtime: grad_floor_divide_f64 requires grad_remainder_f64 grad_floor_f64 grad_copysign_f64 grad_abs_f64 grad_infinity_f64 */
static inline double grad_floor_divide_f64(double a, double b) {
  double quotient = a / b;
  double difference, whole;
  if (b == 0.0 || quotient != quotient || grad_abs_f64(a) == grad_infinity_f64()) return quotient;
  if (grad_abs_f64(b) == grad_infinity_f64()) return a != 0.0 && (a < 0.0) != (b < 0.0) ? -1.0 : quotient;
  difference = (a - grad_remainder_f64(a, b)) / b;
  if (difference == 0.0) return grad_copysign_f64(0.0, quotient);
  whole = grad_floor_f64(difference);
  return difference - whole > 0.5 ? whole + 1.0 : whole;
}
/* end */

/* runtime: grad_remainder_f32 requires grad_truncated_remainder_f64 grad_abs_f32 grad_copysign_f32 grad_nan_f32 grad_infinity_f32 */
static inline float grad_remainder_f32(float a, float b) {
  float size = grad_abs_f32(b);
  float rest;
  if (a != a || b != b) return a + b;
  if (b == 0.0f || grad_abs_f32(a) == grad_infinity_f32()) return grad_nan_f32();
  rest = grad_abs_f32(a);
  if (size != grad_infinity_f32()) rest = (float)grad_truncated_remainder_f64(rest, size);
  if (rest == 0.0f) return grad_copysign_f32(0.0f, b);
  if ((a < 0.0f) != (b < 0.0f)) rest = size - rest;
  return grad_copysign_f32(rest, b);
}
/* end */

/* runtime: grad_floor_divide_f32 requires grad_remainder_f32 grad_floor_f32 grad_copysign_f32 grad_abs_f32 grad_infinity_f32 */
static inline float grad_floor_divide_f32(float a, float b) {
  float quotient = a / b;
  float difference, whole;
  if (b == 0.0f || quotient != quotient || grad_abs_f32(a) == grad_infinity_f32()) return quotient;
  if (grad_abs_f32(b) == grad_infinity_f32()) return a != 0.0f && (a < 0.0f) != (b < 0.0f) ? -1.0f : quotient;
  difference = (a - grad_remainder_f32(a, b)) / b;
  if (difference == 0.0f) return grad_copysign_f32(0.0f, quotient);
  whole = grad_floor_f32(difference);
  return difference - whole > 0.5f ? whole + 1.0f : whole;
}
/* end */
#endif
