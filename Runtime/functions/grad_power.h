#ifndef GRAD_POWER_H
#define GRAD_POWER_H
#include "grad_base.h"
#include "grad_double_double.h"
#include "grad_exponential.h"
#include "grad_logarithm.h"

/* pow, rsqrt, hypot. */

/* 2 if y is an even integer, 1 if odd, 0 if it is none. */
/* runtime: grad_integer_kind_f64 requires grad_abs_f64 grad_floor_f64 */
static inline int grad_integer_kind_f64(double y) {
  if (grad_abs_f64(y) >= 0x1p53) return 2;
  if (grad_floor_f64(y) != y) return 0;
  return grad_floor_f64(0.5 * y) == 0.5 * y ? 2 : 1;
}
/* end */

/* Where pow is not |x|^y with x's sign for odd y: 1. */
/* runtime: grad_pow_is_special_f64 requires grad_infinity_f64 grad_abs_f64 grad_integer_kind_f64 */
static inline int grad_pow_is_special_f64(double x, double y) {
  double infinity = grad_infinity_f64();
  if (x != x || y != y || y == 0.0 || x == 1.0 || x == 0.0) return 1;
  if (grad_abs_f64(x) == infinity || grad_abs_f64(y) == infinity) return 1;
  return x < 0.0 && grad_integer_kind_f64(y) == 0;
}
/* end */

/* pow there, as C's Annex F has it. */
/* runtime: grad_pow_special_f64 requires grad_infinity_f64 grad_abs_f64 grad_integer_kind_f64 grad_copysign_f64 grad_nan_f64 */
static inline double grad_pow_special_f64(double x, double y) {
  double infinity = grad_infinity_f64();
  double size = grad_abs_f64(x);
  if (y == 0.0 || x == 1.0) return 1.0;
  if (x != x || y != y) return x + y;
  if (size == 0.0 || size == infinity) {
    double result = (size == 0.0) == (y < 0.0) ? infinity : 0.0;
    return grad_integer_kind_f64(y) == 1 ? grad_copysign_f64(result, x) : result;
  }
  if (grad_abs_f64(y) == infinity) {
    if (size == 1.0) return 1.0;
    return (size > 1.0) == (y > 0.0) ? infinity : 0.0;
  }
  return grad_nan_f64();
}
/* end */

/* log(x) to about 65 bits, for x > 0 normal and finite: 2 s + 2/3 s³ in twice the precision, + s⁵ L(s²). `shift` is added to the exponent. */
/* runtime: grad_log_precise_f64 requires grad_two_f64 grad_scaled_f64 grad_log_split_f64 grad_quick_two_sum_f64 grad_two_divide_f64 grad_two_product_f64 grad_fma_f64 */
static inline grad_two_f64 grad_log_precise_f64(double x, int shift) {
  grad_scaled_f64 parts = grad_log_split_f64(x);
  double k = (double)(parts.exponent + shift);
  grad_two_f64 f, denominator, s, z, cube, third, sum, total;
  f.high = parts.high;
  f.low = 0.0;
  denominator = grad_quick_two_sum_f64(2.0, parts.high);
  s = grad_two_divide_f64(f, denominator);
  z = grad_two_product_f64(s.high, s.high);
  z.low += 2.0 * s.high * s.low;
  cube = grad_two_product_f64(s.high, z.high);
  cube.low += s.high * z.low + s.low * z.high;
  third = grad_two_product_f64(0x1.5555555555555p-1, cube.high);
  third.low += 0x1.5555555555555p-1 * cube.low + 0x1.5555555555555p-55 * cube.high;
  {
    double square = z.high;
    double p = 0x1.eb11852d7588cp-4;
    p = grad_fma_f64(p, square, 0x1.de336d13ca45cp-4);
    p = grad_fma_f64(p, square, 0x1.1120b578533a4p-3);
    p = grad_fma_f64(p, square, 0x1.3b1362b926cc7p-3);
    p = grad_fma_f64(p, square, 0x1.745d18323d96bp-3);
    p = grad_fma_f64(p, square, 0x1.c71c71c580ad1p-3);
    p = grad_fma_f64(p, square, 0x1.2492492493032p-2);
    p = grad_fma_f64(p, square, 0x1.9999999999996p-2);
    third.low += cube.high * z.high * p;
  }
  sum = grad_quick_two_sum_f64(2.0 * s.high, third.high);
  sum.low += 2.0 * s.low + third.low;
  total = grad_quick_two_sum_f64(k * 0x1.62e42fefa38p-1, sum.high);
  total.low += sum.low + k * 0x1.ef35793c7673p-45;
  return grad_quick_two_sum_f64(total.high, total.low);
}
/* end */

/* e^(y log |x|), the product in twice the precision. */
/* runtime: grad_pow_f64 requires grad_abs_f64 grad_two_f64 grad_scaled_f64 grad_pow_is_special_f64 grad_pow_special_f64 grad_log_precise_f64 grad_two_product_f64 grad_copysign_f64 grad_exp_scaled_f64 grad_scale_f64 grad_integer_kind_f64 */
static inline double grad_pow_f64(double a, double b) {
  double size = grad_abs_f64(a);
  grad_two_f64 logarithm, product;
  grad_scaled_f64 power;
  double result;
  if (grad_pow_is_special_f64(a, b)) return grad_pow_special_f64(a, b);
  logarithm = size < 0x1p-1022 ? grad_log_precise_f64(size * 0x1p54, -54) : grad_log_precise_f64(size, 0);
  product = grad_two_product_f64(b, logarithm.high);
  product.low += b * logarithm.low;
  if (!(grad_abs_f64(product.high) < 1000.0)) {
    product.high = grad_copysign_f64(1000.0, product.high);
    product.low = 0.0;
  }
  power = grad_exp_scaled_f64(product.high, product.low);
  result = grad_scale_f64(power.high, power.exponent);
  return a < 0.0 && grad_integer_kind_f64(b) == 1 ? -result : result;
}
/* end */

/* runtime: grad_pow_f32 requires grad_pow_is_special_f64 grad_pow_special_f64 grad_exp_short_f64 grad_clamp_f64 grad_log_two_f64 grad_abs_f64 grad_integer_kind_f64 */
static inline float grad_pow_f32(float a, float b) {
  double x = a;
  double y = b;
  double result;
  if (grad_pow_is_special_f64(x, y)) return (float)grad_pow_special_f64(x, y);
  result = grad_exp_short_f64(grad_clamp_f64(y * grad_log_two_f64(grad_abs_f64(x), 0.0).high, -150.0, 150.0));
  return (float)(x < 0.0 && grad_integer_kind_f64(y) == 1 ? -result : result);
}
/* end */

/* runtime: grad_rsqrt_f64 requires grad_sqrt_f64 grad_infinity_f64 grad_fma_f64 */
static inline double grad_rsqrt_f64(double x) {
  double root = grad_sqrt_f64(x);
  double inverse = 1.0 / root;
  double rest;
  if (x == 0.0 || root == grad_infinity_f64()) return inverse;
  /* (root + low)² = x, and inverse (root + low) + rest = 1 */
  rest = grad_fma_f64(-inverse, root, 1.0) - 0.5 * grad_fma_f64(-root, root, x) * inverse * inverse;
  return grad_fma_f64(rest, inverse, inverse);
}
/* end */

/* runtime: grad_rsqrt_f32 requires grad_sqrt_f64 */
static inline float grad_rsqrt_f32(float x) { return (float)(1.0 / grad_sqrt_f64(x)); }
/* end */

/* √(a² + b²) without overflow on the way; infinite if a or b is. */
/* runtime: grad_hypot_f64 requires grad_abs_f64 grad_infinity_f64 grad_sqrt_f64 grad_fma_f64 */
static inline double grad_hypot_f64(double a, double b) {
  double x = grad_abs_f64(a);
  double y = grad_abs_f64(b);
  double large = x < y ? y : x;
  double small = x < y ? x : y;
  if (x == grad_infinity_f64() || y == grad_infinity_f64()) return grad_infinity_f64();
  if (x != x || y != y) return a + b;
  if (large > 0x1p500) {
    large = large * 0x1p-600;
    small = small * 0x1p-600;
    return grad_sqrt_f64(grad_fma_f64(large, large, small * small)) * 0x1p600;
  }
  if (large < 0x1p-400) {
    large = large * 0x1p600;
    small = small * 0x1p600;
    return grad_sqrt_f64(grad_fma_f64(large, large, small * small)) * 0x1p-600;
  }
  return grad_sqrt_f64(grad_fma_f64(large, large, small * small));
}
/* end */

/* runtime: grad_hypot_f32 requires grad_abs_f32 grad_infinity_f32 grad_sqrt_f64 grad_fma_f64 */
static inline float grad_hypot_f32(float a, float b) {
  double x = a;
  double y = b;
  if (grad_abs_f32(a) == grad_infinity_f32() || grad_abs_f32(b) == grad_infinity_f32()) return grad_infinity_f32();
  return (float)grad_sqrt_f64(grad_fma_f64(x, x, y * y));
}
/* end */
#endif
