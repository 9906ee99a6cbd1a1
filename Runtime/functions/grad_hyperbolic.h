#ifndef GRAD_HYPERBOLIC_H
#define GRAD_HYPERBOLIC_H
#include "grad_base.h"
#include "grad_double_double.h"
#include "grad_exponential.h"

/* sinh, cosh, tanh: with Q = (e^|x| - 1) / 4, sinh |x| = 2 (Q + Q / (4 Q + 1)); with Q₂ = (e^2|x| - 1) / 4, tanh |x| = Q₂ / (Q₂ + ½). */

/* runtime: grad_sinh_f64 requires grad_abs_f64 grad_two_f64 grad_expm1_quarter_f64 grad_two_sum_f64 grad_two_divide_f64 grad_copysign_f64 */
static inline double grad_sinh_f64(double x) {
  double size = grad_abs_f64(x);
  grad_two_f64 quarter = grad_expm1_quarter_f64(size > 710.5 ? 710.5 : size);
  grad_two_f64 power = grad_two_sum_f64(quarter.high, 0.25);
  grad_two_f64 quotient, sum;
  double result;
  power.low += quarter.low;
  quotient = grad_two_divide_f64(quarter, power);
  sum = grad_two_sum_f64(quarter.high, 0.25 * quotient.high);
  result = 2.0 * (sum.high + (sum.low + (quarter.low + 0.25 * quotient.low)));
  return size < 0x1p-27 ? x : grad_copysign_f64(result, x);
}
/* end */

/* runtime: grad_cosh_f64 requires grad_abs_f64 grad_scaled_f64 grad_exp_scaled_f64 grad_scale_f64 grad_two_f64 grad_two_sum_f64 */
static inline double grad_cosh_f64(double x) {
  double size = grad_abs_f64(x);
  grad_scaled_f64 power = grad_exp_scaled_f64(size > 711.0 ? 711.0 : size, 0.0);
  if (size < 22.0) {
    double half = grad_scale_f64(power.high, power.exponent - 1);
    double low = grad_scale_f64(power.low, power.exponent - 1);
    double inverse = 0.25 / half;
    grad_two_f64 sum = grad_two_sum_f64(half, inverse);
    return sum.high + (sum.low + (low - inverse * low / half));
  }
  return grad_scale_f64(power.high, power.exponent - 1);
}
/* end */

/* runtime: grad_tanh_f64 requires grad_abs_f64 grad_two_f64 grad_expm1_quarter_f64 grad_two_sum_f64 grad_two_divide_f64 grad_copysign_f64 */
static inline double grad_tanh_f64(double x) {
  double size = grad_abs_f64(x);
  grad_two_f64 quarter = grad_expm1_quarter_f64(2.0 * (size > 20.0 ? 20.0 : size));
  grad_two_f64 denominator = grad_two_sum_f64(quarter.high, 0.5);
  grad_two_f64 quotient;
  denominator.low += quarter.low;
  quotient = grad_two_divide_f64(quarter, denominator);
  return size < 0x1p-27 ? x : grad_copysign_f64(quotient.high + quotient.low, x);
}
/* end */

/* runtime: grad_sinh_f32 requires grad_expm1_short_f64 grad_clamp_f64 grad_abs_f32 grad_copysign_f32 */
static inline float grad_sinh_f32(float x) {
  double difference = grad_expm1_short_f64(grad_clamp_f64(grad_abs_f32(x), 0.0, 150.0));
  if (x > -0x1p-13f && x < 0x1p-13f) return x;
  return grad_copysign_f32((float)(0.5 * (difference + difference / (difference + 1.0))), x);
}
/* end */

/* runtime: grad_cosh_f32 requires grad_exp_short_f64 grad_clamp_f64 */
static inline float grad_cosh_f32(float x) {
  double power = grad_exp_short_f64(grad_clamp_f64(x, -150.0, 150.0));
  return (float)(0.5 * (power + 1.0 / power));
}
/* end */

/* -m / (2 + m) for m = e^(-2 |x|) - 1. The sum with 1.5 · 2^23 + 127 rounds, and has the exponent of a power of two in its low bits. */
/* runtime: grad_tanh_f32 requires grad_negative_size_f32 grad_fma_f32 grad_bits_f32 grad_from_bits_f32 grad_expm1_rest_f32 grad_quotient_f32 grad_copysign_f32 */
static inline float grad_tanh_f32(float x) {
  float h = grad_negative_size_f32(x, -10.0f);
  float shifted = grad_fma_f32(h, 0x1.715476p1f, 0x1.8000fep23f);
  float r = grad_fma_f32(0x1.8000fep23f - shifted, 0x1.62e43p-1f, h + h);
  float power = grad_from_bits_f32(grad_bits_f32(shifted) << 23);
  float m = grad_fma_f32(power, grad_expm1_rest_f32(r), power - 1.0f);
  float d = 2.0f + m;
  return grad_copysign_f32(grad_quotient_f32(m, d, m - (d - 2.0f)), x);
}
/* end */
#endif
