#ifndef GRAD_EXPONENTIAL_H
#define GRAD_EXPONENTIAL_H
#include "grad_base.h"
#include "grad_double_double.h"

/*
  exp, expm1 and what is made of them: sigmoid, silu.

  x = k ln 2 + r with |r| ≤ ln 2 / 2, and e^r = 1 + r + r² Q(r) with Q a minimax polynomial. The f64 functions keep the rounding errors of r
  and 1 + r. The f32 functions are of f32 throughout and without branches, so that a vector holds as many as it can; what is left of
  f64 here, with a shorter Q, serves f32 functions of other families.
*/

/* x between low and high, or NaN. */
/* runtime: grad_clamp_f64 */
static inline double grad_clamp_f64(double x, double low, double high) {
  double least = x < low ? low : x;
  return least > high ? high : least;
}
/* end */

/* y 2^k, rounded once where the result is subnormal; |k| ≤ 2000. */
/* runtime: grad_scale_f64 requires grad_power_of_two_f64 */
static inline double grad_scale_f64(double y, int k) {
  return y * grad_power_of_two_f64(k / 2) * grad_power_of_two_f64(k - k / 2);
}
/* end */

/* (high + low) 2^exponent. */
/* runtime: grad_scaled_f64 */
typedef struct {
  double high;
  double low;
  int exponent;
} grad_scaled_f64;
/* end */

/* x + x_low = exponent ln 2 + high + low, for |x| ≤ 1400. Adding 1.5 · 2^52 rounds to an integer and leaves it in the low bits. */
/* runtime: grad_exp_reduce_f64 requires grad_scaled_f64 grad_fma_f64 grad_two_f64 grad_quick_two_sum_f64 grad_bits_f64 */
static inline grad_scaled_f64 grad_exp_reduce_f64(double x, double x_low) {
  grad_scaled_f64 r;
  double shifted = grad_fma_f64(x, 0x1.71547652b82fep0, 0x1.8p52);
  double k = shifted - 0x1.8p52;
  double rest = grad_fma_f64(-k, 0x1.62e42fefa38p-1, x);
  grad_two_f64 sum = grad_quick_two_sum_f64(rest, grad_fma_f64(-k, 0x1.ef35793c7673p-45, x_low));
  r.high = sum.high;
  r.low = sum.low;
  r.exponent = (int)(int32_t)(uint32_t)grad_bits_f64(shifted);
  return r;
}
/* end */

/* e^r - 1 - r for r = high + low, |r| ≤ 0.35. */
/* runtime: grad_exp_rest_f64 requires grad_fma_f64 */
static inline double grad_exp_rest_f64(double high, double low) {
  double q = 0x1.1f8b4c6b3c913p-29;
  q = grad_fma_f64(q, high, 0x1.af4deb0af45a9p-26);
  q = grad_fma_f64(q, high, 0x1.27e4cccdeb2f7p-22);
  q = grad_fma_f64(q, high, 0x1.71de0230beb99p-19);
  q = grad_fma_f64(q, high, 0x1.a01a01acfaccp-16);
  q = grad_fma_f64(q, high, 0x1.a01a01abe84bap-13);
  q = grad_fma_f64(q, high, 0x1.6c16c16c151fcp-10);
  q = grad_fma_f64(q, high, 0x1.11111111100dbp-7);
  q = grad_fma_f64(q, high, 0x1.5555555555558p-5);
  q = grad_fma_f64(q, high, 0x1.5555555555557p-3);
  q = grad_fma_f64(q, high, 0x1p-1);
  return grad_fma_f64(high * high, q, low * high);
}
/* end */

/* e^(x + x_low), for |x| ≤ 1400. */
/* runtime: grad_exp_scaled_f64 requires grad_scaled_f64 grad_exp_reduce_f64 grad_exp_rest_f64 grad_two_f64 grad_quick_two_sum_f64 */
static inline grad_scaled_f64 grad_exp_scaled_f64(double x, double x_low) {
  grad_scaled_f64 r = grad_exp_reduce_f64(x, x_low);
  double rest = grad_exp_rest_f64(r.high, r.low) + r.low;
  grad_two_f64 sum = grad_quick_two_sum_f64(1.0, r.high);
  grad_two_f64 y = grad_quick_two_sum_f64(sum.high, sum.low + rest);
  r.high = y.high;
  r.low = y.low;
  return r;
}
/* end */

/* runtime: grad_exp_f64 requires grad_scaled_f64 grad_exp_scaled_f64 grad_scale_f64 */
static inline double grad_exp_f64(double x) {
  grad_scaled_f64 y;
  if (x > 710.0) x = 710.0;
  if (x < -750.0) x = -750.0;
  y = grad_exp_scaled_f64(x, 0.0);
  return grad_scale_f64(y.high, y.exponent);
}
/* end */

/* (e^x - 1) / 4 for -60 ≤ x ≤ 710.5, as 2^(k-2) - 1/4 + 2^(k-2) r + 2^(k-2) (e^r - 1 - r): a quarter, so that nothing overflows. */
/* runtime: grad_expm1_quarter_f64 requires grad_two_f64 grad_scaled_f64 grad_exp_reduce_f64 grad_power_of_two_f64 grad_exp_rest_f64 grad_two_sum_f64 grad_quick_two_sum_f64 */
static inline grad_two_f64 grad_expm1_quarter_f64(double x) {
  grad_scaled_f64 r = grad_exp_reduce_f64(x, 0.0);
  double power = grad_power_of_two_f64(r.exponent - 2);
  double rest = grad_exp_rest_f64(r.high, r.low) + r.low;
  grad_two_f64 whole = grad_two_sum_f64(power, -0.25);
  grad_two_f64 sum = grad_two_sum_f64(whole.high, power * r.high);
  return grad_quick_two_sum_f64(sum.high, sum.low + (whole.low + power * rest));
}
/* end */

/* runtime: grad_expm1_f64 requires grad_expm1_quarter_f64 grad_clamp_f64 */
static inline double grad_expm1_f64(double x) {
  double result = 4.0 * grad_expm1_quarter_f64(grad_clamp_f64(x, -60.0, 710.5)).high;
  return x > -0x1p-54 && x < 0x1p-54 ? x : result;
}
/* end */

/* 1 / (1 + e^-x), for x < 0 as e^x / (1 + e^x). */
/* runtime: grad_sigmoid_f64 requires grad_abs_f64 grad_scaled_f64 grad_two_f64 grad_exp_scaled_f64 grad_quick_two_sum_f64 grad_scale_f64 grad_two_divide_f64 */
static inline double grad_sigmoid_f64(double x) {
  double size = grad_abs_f64(x);
  grad_scaled_f64 power;
  grad_two_f64 numerator, denominator, quotient;
  if (size > 750.0) size = 750.0;
  power = grad_exp_scaled_f64(-size, 0.0);
  denominator = grad_quick_two_sum_f64(1.0, grad_scale_f64(power.high, power.exponent));
  denominator.low += grad_scale_f64(power.low, power.exponent);
  numerator.high = x < 0.0 ? power.high : 1.0;
  numerator.low = x < 0.0 ? power.low : 0.0;
  quotient = grad_two_divide_f64(numerator, denominator);
  return grad_scale_f64(quotient.high + quotient.low, x < 0.0 ? power.exponent : 0);
}
/* end */

/* x / (1 + e^-x); the limit -0 at -infinity. */
/* runtime: grad_silu_f64 requires grad_clamp_f64 grad_scaled_f64 grad_exp_scaled_f64 grad_abs_f64 grad_two_f64 grad_quick_two_sum_f64 grad_scale_f64 grad_two_product_f64 grad_two_divide_f64 */
static inline double grad_silu_f64(double x) {
  double moderate = grad_clamp_f64(x, -800.0, 50.0);
  grad_scaled_f64 power = grad_exp_scaled_f64(-grad_abs_f64(moderate), 0.0);
  grad_two_f64 denominator = grad_quick_two_sum_f64(1.0, grad_scale_f64(power.high, power.exponent));
  double factor = x < 0.0 ? power.high : 1.0;
  double factor_low = x < 0.0 ? power.low : 0.0;
  grad_two_f64 numerator = grad_two_product_f64(moderate, factor);
  grad_two_f64 quotient;
  double result;
  denominator.low += grad_scale_f64(power.low, power.exponent);
  numerator.low += moderate * factor_low;
  quotient = grad_two_divide_f64(numerator, denominator);
  result = grad_scale_f64(quotient.high + quotient.low, x < 0.0 ? power.exponent : 0);
  if (x > -0x1p-55 && x < 0x1p-55) result = 0.5 * x;
  return x > 50.0 ? x : result;
}
/* end */

/* x = k ln 2 + high for f32's precision, k as exponent. */
/* runtime: grad_exp_reduce_short_f64 requires grad_scaled_f64 grad_fma_f64 grad_bits_f64 */
static inline grad_scaled_f64 grad_exp_reduce_short_f64(double x) {
  grad_scaled_f64 r;
  double shifted = grad_fma_f64(x, 0x1.71547652b82fep0, 0x1.8p52);
  r.high = grad_fma_f64(-(shifted - 0x1.8p52), 0x1.62e42fefa39efp-1, x);
  r.low = 0.0;
  r.exponent = (int)(int32_t)(uint32_t)grad_bits_f64(shifted);
  return r;
}
/* end */

/* e^r - 1 with an error of 2^-31 r, |r| ≤ 0.35. */
/* runtime: grad_expm1_rest_short_f64 requires grad_fma_f64 */
static inline double grad_expm1_rest_short_f64(double r) {
  double q = 0x1.a17e0849c6dfdp-13;
  q = grad_fma_f64(q, r, 0x1.6d432cfaddde2p-10);
  q = grad_fma_f64(q, r, 0x1.1110ab6f50a74p-7);
  q = grad_fma_f64(q, r, 0x1.5554e8fdfb5b3p-5);
  q = grad_fma_f64(q, r, 0x1.555555742f345p-3);
  q = grad_fma_f64(q, r, 0x1.0000000b9323ap-1);
  return grad_fma_f64(r * r, q, r);
}
/* end */

/* e^x with a relative error of 2^-31, for |x| ≤ 700. */
/* runtime: grad_exp_short_f64 requires grad_scaled_f64 grad_exp_reduce_short_f64 grad_expm1_rest_short_f64 grad_power_of_two_f64 */
static inline double grad_exp_short_f64(double x) {
  grad_scaled_f64 r = grad_exp_reduce_short_f64(x);
  return (grad_expm1_rest_short_f64(r.high) + 1.0) * grad_power_of_two_f64(r.exponent);
}
/* end */

/* e^x - 1 with a relative error of 2^-30, for |x| ≤ 700. */
/* runtime: grad_expm1_short_f64 requires grad_scaled_f64 grad_exp_reduce_short_f64 grad_power_of_two_f64 grad_fma_f64 grad_expm1_rest_short_f64 */
static inline double grad_expm1_short_f64(double x) {
  grad_scaled_f64 r = grad_exp_reduce_short_f64(x);
  double power = grad_power_of_two_f64(r.exponent);
  return grad_fma_f64(power, grad_expm1_rest_short_f64(r.high), power - 1.0);
}
/* end */

/* x = k ln 2 + r: k in two's complement. Adding 1.5 · 2^23 rounds to an integer and leaves it in the low bits. |x| ≤ 150. */
/* runtime: grad_reduced_f32 */
typedef struct {
  float r;
  uint32_t k;
} grad_reduced_f32;
/* end */

/* x - k ln 2 */
/* runtime: grad_exp_rest_f32 requires grad_fma_f32 */
static inline float grad_exp_rest_f32(float x, float k) {
  return grad_fma_f32(-k, -0x1.bd0106p-13f, grad_fma_f32(-k, 0x1.63p-1f, x));
}
/* end */

/* runtime: grad_exp_reduce_f32 requires grad_reduced_f32 grad_fma_f32 grad_bits_f32 grad_exp_rest_f32 */
static inline grad_reduced_f32 grad_exp_reduce_f32(float x) {
  grad_reduced_f32 y;
  float shifted = grad_fma_f32(x, 0x1.715476p0f, 0x1.8p23f);
  float k = shifted - 0x1.8p23f;
  y.r = grad_exp_rest_f32(x, k);
  y.k = grad_bits_f32(shifted) - 0x4b400000u;
  return y;
}
/* end */

/* e^r - 1 with an error of 2^-31 r besides its roundings, |r| ≤ 0.35. */
/* runtime: grad_expm1_rest_f32 requires grad_fma_f32 */
static inline float grad_expm1_rest_f32(float r) {
  float q = 0x1.a17e08p-13f;
  q = grad_fma_f32(q, r, 0x1.6d432cp-10f);
  q = grad_fma_f32(q, r, 0x1.1110acp-7f);
  q = grad_fma_f32(q, r, 0x1.5554e8p-5f);
  q = grad_fma_f32(q, r, 0x1.555556p-3f);
  q = grad_fma_f32(q, r, 0.5f);
  return grad_fma_f32(q, r * r, r);
}
/* end */

/* y 2^k, rounded once where the result is subnormal; |k| ≤ 250, in two's complement. */
/* runtime: grad_scale_f32 requires grad_power_of_two_f32 */
static inline float grad_scale_f32(float y, uint32_t k) {
  uint32_t half = (uint32_t)((int32_t)k >> 1);
  return y * grad_power_of_two_f32(half) * grad_power_of_two_f32(k - half);
}
/* end */

/* m = e^(x - k ln 2) - 1 for a whole k near x / ln 2. Who wants (1 + m) 2^h takes m 2^h + 2^h, one fused multiply-add with the same bits. */
/* runtime: grad_expm1_reduced_f32 requires grad_exp_rest_f32 grad_expm1_rest_f32 */
static inline float grad_expm1_reduced_f32(float x, float k) { return grad_expm1_rest_f32(grad_exp_rest_f32(x, k)); }
/* end */

/* e^x for -150 ≤ x ≤ 0: e^r 2^(k + 63) 2^-63. */
/* runtime: grad_exp_low_f32 requires grad_fma_f32 grad_bits_f32 grad_from_bits_f32 grad_expm1_reduced_f32 */
static inline float grad_exp_low_f32(float x) {
  float shifted = grad_fma_f32(x, 0x1.715476p0f, 0x1.80017cp23f);
  float power = grad_from_bits_f32(grad_bits_f32(shifted) << 23);
  return grad_fma_f32(grad_expm1_reduced_f32(x, shifted - 0x1.80017cp23f), power, power) * 0x1p-63f;
}
/* end */

/* x between low < 0 and high > 0, or NaN. gcc's vectors would take three operations for each limit, and more for both, since a minimum
   that keeps NaN is none to it. As integers: with 2^23 - 1 added to the bits NaNs are within the limits, and only infinities at the ends. */
/* runtime: grad_within_f32 requires grad_bits_f32 grad_from_bits_f32 */
static inline float grad_within_f32(float x, float low, float high) {
#if defined(__GNUC__) && !defined(__clang__)
  int32_t turned = (int32_t)(grad_bits_f32(x) + 0x7fffffu);
  int32_t top = (int32_t)(grad_bits_f32(high) + 0x7fffffu);
  uint32_t bottom = grad_bits_f32(low) + 0x7fffffu;
  uint32_t most = (uint32_t)(turned > top ? top : turned);
  return grad_from_bits_f32((most > bottom ? bottom : most) - 0x7fffffu);
#else
  float most = x > high ? high : x;
  return most < low ? low : most;
#endif
}
/* end */

/* -|x|, and low where that is less; for gcc as `within` has it. */
/* runtime: grad_negative_size_f32 requires grad_bits_f32 grad_from_bits_f32 */
static inline float grad_negative_size_f32(float x, float low) {
  uint32_t size = grad_bits_f32(x) | 0x80000000u;
#if defined(__GNUC__) && !defined(__clang__)
  uint32_t turned = size + 0x7fffffu;
  uint32_t bottom = grad_bits_f32(low) + 0x7fffffu;
  return grad_from_bits_f32((turned > bottom ? bottom : turned) - 0x7fffffu);
#else
  float negative = grad_from_bits_f32(size);
  return negative < low ? low : negative;
#endif
}
/* end */

/* n / (d + low) for 1 ≤ d ≤ 2, n / d and a correction by 1 / d within 6 %: d + low would be rounded. */
/* runtime: grad_quotient_f32 requires grad_fma_f32 */
static inline float grad_quotient_f32(float n, float d, float low) {
  float q = n / d;
  float rest = grad_fma_f32(-q, low, grad_fma_f32(-q, d, n));
  return grad_fma_f32(rest, grad_fma_f32(d, -0.5f, 0x1.75p0f), q);
}
/* end */

/* e^r 2^⌊k/2⌋ 2^⌈k/2⌉, so that what overflows or is subnormal is rounded once. The sum with 1.5 · 2^23 + 254 rounds, and has k + 254 in its
   low bits. */
/* runtime: grad_exp_f32 requires grad_within_f32 grad_fma_f32 grad_bits_f32 grad_from_bits_f32 grad_expm1_reduced_f32 */
static inline float grad_exp_f32(float x) {
  float within = grad_within_f32(x, -104.0f, 89.0f);
  float shifted = grad_fma_f32(within, 0x1.715476p0f, 0x1.8001fcp23f);
  uint32_t bits = grad_bits_f32(shifted);
  uint32_t half = bits >> 1 << 23;
  float power = grad_from_bits_f32(half);
  return grad_fma_f32(grad_expm1_reduced_f32(within, shifted - 0x1.8001fcp23f), power, power) * grad_from_bits_f32((bits << 23) - half);
}
/* end */

/* 2 (2^(k-1) (e^r - 1) + 2^(k-1) - 1/2): half, so that nothing overflows on the way. */
/* runtime: grad_expm1_f32 requires grad_within_f32 grad_reduced_f32 grad_exp_reduce_f32 grad_expm1_rest_f32 grad_power_of_two_f32 grad_fma_f32 grad_select_f32 */
static inline float grad_expm1_f32(float x) {
  grad_reduced_f32 y = grad_exp_reduce_f32(grad_within_f32(x, -18.0f, 89.0f));
  float half = grad_power_of_two_f32(y.k - 1u);
  float result = 2.0f * grad_fma_f32(half, grad_expm1_rest_f32(y.r), half - 0.5f);
  return grad_select_f32((x > -0x1p-26f) & (x < 0x1p-26f), x, result);
}
/* end */

/* 1 / (1 + e^-x), for x < 0 as e^x / (1 + e^x). */
/* runtime: grad_sigmoid_f32 requires grad_exp_low_f32 grad_negative_size_f32 grad_quotient_f32 */
static inline float grad_sigmoid_f32(float x) {
  float power = grad_exp_low_f32(grad_negative_size_f32(x, -104.0f));
  float d = 1.0f + power;
  return grad_quotient_f32(x < 0.0f ? power : 1.0f, d, power - (d - 1.0f));
}
/* end */

/* x / (1 + e^-x), scaled last, so that x e^x keeps its digits where e^x is subnormal. */
/* runtime: grad_silu_f32 requires grad_negative_size_f32 grad_reduced_f32 grad_exp_reduce_f32 grad_expm1_rest_f32 grad_scale_f32 grad_fma_f32 grad_select_f32 */
static inline float grad_silu_f32(float x) {
  float least = x < -150.0f ? -150.0f : x;
  grad_reduced_f32 y = grad_exp_reduce_f32(grad_negative_size_f32(x, -150.0f));
  float power = 1.0f + grad_expm1_rest_f32(y.r);
  float scaled = grad_scale_f32(power, y.k);
  float d = 1.0f + scaled;
  float low = scaled - (d - 1.0f);
  float n = x < 0.0f ? power : 1.0f;
  float q = n / d;
  float rest = grad_fma_f32(-q, low, grad_fma_f32(-q, d, n)) * grad_fma_f32(d, -0.5f, 0x1.75p0f);
  float product = least * q;
  float result = grad_scale_f32(product + (grad_fma_f32(least, q, -product) + least * rest), x < 0.0f ? y.k : 0u);
  result = grad_select_f32((x > -0x1p-26f) & (x < 0x1p-26f), 0.5f * x, result);
  return x > 30.0f ? x : result;
}
/* end */
#endif
