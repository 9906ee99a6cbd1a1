#ifndef GRAD_HYPERBOLIC_H
#define GRAD_HYPERBOLIC_H
#include "grad_base.h"
#include "grad_double_double.h"
#include "grad_exponential.h"

/* sinh, cosh, tanh: with E = e^|x| - 1, sinh |x| = (E + E / (E + 1)) / 2 and tanh |x| = E₂ / (E₂ + 2) for E₂ = e^2|x| - 1. */

/* runtime: grad_sinh_f64 requires grad_abs_f64 grad_two_f64 grad_expm1_two_f64 grad_two_sum_f64 grad_two_divide_f64 grad_quick_two_sum_f64 grad_scaled_f64 grad_exp_scaled_f64 grad_scale_f64 grad_copysign_f64 */
static inline double grad_sinh_f64(double x) {
  double size = grad_abs_f64(x);
  double result;
  if (size < 0x1p-27) return x;
  if (size < 22.0) {
    grad_two_f64 difference = grad_expm1_two_f64(size);
    grad_two_f64 power = grad_two_sum_f64(difference.high, 1.0);
    grad_two_f64 quotient, sum;
    power.low += difference.low;
    quotient = grad_two_divide_f64(difference, power);
    sum = grad_quick_two_sum_f64(difference.high, quotient.high);
    result = 0.5 * (sum.high + (sum.low + (difference.low + quotient.low)));
  } else {
    grad_scaled_f64 power = grad_exp_scaled_f64(size > 711.0 ? 711.0 : size, 0.0);
    result = grad_scale_f64(power.high, power.exponent - 1);
  }
  return grad_copysign_f64(result, x);
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

/* runtime: grad_tanh_f64 requires grad_abs_f64 grad_two_f64 grad_expm1_two_f64 grad_two_sum_f64 grad_two_divide_f64 grad_copysign_f64 */
static inline double grad_tanh_f64(double x) {
  double size = grad_abs_f64(x);
  grad_two_f64 difference, denominator, quotient;
  if (size < 0x1p-27 || x != x) return x;
  if (size > 20.0) size = 20.0;
  difference = grad_expm1_two_f64(2.0 * size);
  denominator = grad_two_sum_f64(difference.high, 2.0);
  denominator.low += difference.low;
  quotient = grad_two_divide_f64(difference, denominator);
  return grad_copysign_f64(quotient.high + quotient.low, x);
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

/* runtime: grad_tanh_f32 requires grad_expm1_short_f64 grad_clamp_f64 */
static inline float grad_tanh_f32(float x) {
  double difference = grad_expm1_short_f64(2.0 * grad_clamp_f64(x, -20.0, 20.0));
  if (x > -0x1p-13f && x < 0x1p-13f) return x;
  return (float)(difference / (difference + 2.0));
}
/* end */
#endif
