#ifndef GRAD_LOGARITHM_H
#define GRAD_LOGARITHM_H
#include "grad_base.h"
#include "grad_double_double.h"
#include "grad_exponential.h"

/*
  log, log1p, softplus.

  x = 2^k (1 + f) with √½ ≤ 1 + f < √2; with s = f / (2 + f), log(1 + f) = log((1 + s) / (1 - s)) = 2 s + s z L(z) for z = s², L a minimax
  polynomial, and 2 s = f - f² / 2 + s f² / 2, whose first term is exact.
*/

/* (1 + high) 2^exponent = x, for x > 0 normal and finite. */
/* runtime: grad_log_split_f64 requires grad_scaled_f64 grad_bits_f64 grad_from_bits_f64 */
static inline grad_scaled_f64 grad_log_split_f64(double x) {
  grad_scaled_f64 parts;
  uint64_t root_half = ((uint64_t)0x3fe6a09e << 32) | 0x667f3bcdu;
  uint64_t distance = grad_bits_f64(x) - root_half + ((uint64_t)1024 << 52);
  parts.exponent = (int)(distance >> 52) - 1024;
  parts.high = grad_from_bits_f64((distance & (((uint64_t)1 << 52) - 1)) + root_half) - 1.0;
  parts.low = 0.0;
  return parts;
}
/* end */

/* log(x) + correction, for x > 0 normal and finite. */
/* runtime: grad_log_two_f64 requires grad_two_f64 grad_scaled_f64 grad_log_split_f64 grad_fma_f64 grad_quick_two_sum_f64 */
static inline grad_two_f64 grad_log_two_f64(double x, double correction) {
  grad_scaled_f64 parts = grad_log_split_f64(x);
  double k = (double)parts.exponent;
  double f = parts.high;
  double s = f / (2.0 + f);
  double z = s * s;
  double half_square = 0.5 * f * f;
  double p = 0x1.2f0726a3189c1p-3;
  p = grad_fma_f64(p, z, 0x1.39a190d55c172p-3);
  p = grad_fma_f64(p, z, 0x1.746640681fc0cp-3);
  p = grad_fma_f64(p, z, 0x1.c71c5202bbe97p-3);
  p = grad_fma_f64(p, z, 0x1.24924941f8637p-2);
  p = grad_fma_f64(p, z, 0x1.999999997fd46p-2);
  p = grad_fma_f64(p, z, 0x1.5555555555592p-1);
  p = half_square - s * grad_fma_f64(z, p, half_square);
  {
    grad_two_f64 sum = grad_quick_two_sum_f64(k * 0x1.62e42fefa38p-1, f);
    return grad_quick_two_sum_f64(sum.high, sum.low + (grad_fma_f64(k, 0x1.ef35793c7673p-45, correction) - p));
  }
}
/* end */

/* runtime: grad_log_f64 requires grad_infinity_f64 grad_nan_f64 grad_log_two_f64 */
static inline double grad_log_f64(double x) {
  double correction = 0.0;
  if (!(x > 0.0)) {
    if (x == 0.0) return -grad_infinity_f64();
    return x != x ? x : grad_nan_f64();
  }
  if (x == grad_infinity_f64()) return x;
  if (x < 0x1p-1022) {
    x = x * 0x1p54;
    correction = -0x1.2b708872320e2p5;
  }
  return grad_log_two_f64(x, correction).high;
}
/* end */

/* log(u) + low / u for 1 + x = u + low. */
/* runtime: grad_log1p_f64 requires grad_two_f64 grad_infinity_f64 grad_nan_f64 grad_two_sum_f64 grad_log_two_f64 */
static inline double grad_log1p_f64(double x) {
  grad_two_f64 u;
  if (!(x > -1.0)) {
    if (x == -1.0) return -grad_infinity_f64();
    return x != x ? x : grad_nan_f64();
  }
  if (x == grad_infinity_f64()) return x;
  if (x > -0x1p-54 && x < 0x1p-54) return x;
  u = grad_two_sum_f64(1.0, x);
  return grad_log_two_f64(u.high, u.low / u.high).high;
}
/* end */

/* log(1 + e^x) = max(x, 0) + log1p(e^-|x|). */
/* runtime: grad_softplus_f64 requires grad_scaled_f64 grad_exp_scaled_f64 grad_clamp_f64 grad_abs_f64 grad_two_f64 grad_quick_two_sum_f64 grad_scale_f64 grad_log_two_f64 grad_two_sum_f64 */
static inline double grad_softplus_f64(double x) {
  grad_scaled_f64 power = grad_exp_scaled_f64(-grad_clamp_f64(grad_abs_f64(x), 0.0, 750.0), 0.0);
  grad_two_f64 u = grad_quick_two_sum_f64(1.0, grad_scale_f64(power.high, power.exponent));
  grad_two_f64 logarithm, sum;
  u.low += grad_scale_f64(power.low, power.exponent);
  logarithm = grad_log_two_f64(u.high, u.low / u.high);
  sum = grad_two_sum_f64(x > 0.0 ? x : 0.0, logarithm.high);
  return x > 40.0 ? x : sum.high + (sum.low + logarithm.low);
}
/* end */

/* log((1 + s) / (1 - s)) with a relative error of 2^-37, for |s| ≤ 1/3. */
/* runtime: grad_log_ratio_short_f64 requires grad_fma_f64 */
static inline double grad_log_ratio_short_f64(double s) {
  double z = s * s;
  double p = 0x1.be675e5f94c4dp-3;
  p = grad_fma_f64(p, z, 0x1.5f29568930e34p-3);
  p = grad_fma_f64(p, z, 0x1.c8bcc428f9d41p-3);
  p = grad_fma_f64(p, z, 0x1.248a525078ae6p-2);
  p = grad_fma_f64(p, z, 0x1.9999bd3c8b438p-2);
  p = grad_fma_f64(p, z, 0x1.5555553addba4p-1);
  return grad_fma_f64(s * z, p, 2.0 * s);
}
/* end */

/* log(x) with a relative error of 2^-37, for x > 0 normal and finite. */
/* runtime: grad_log_short_f64 requires grad_scaled_f64 grad_log_split_f64 grad_fma_f64 grad_log_ratio_short_f64 */
static inline double grad_log_short_f64(double x) {
  grad_scaled_f64 parts = grad_log_split_f64(x);
  double s = parts.high / (2.0 + parts.high);
  return grad_fma_f64((double)parts.exponent, 0x1.62e42fefa39efp-1, grad_log_ratio_short_f64(s));
}
/* end */

/* runtime: grad_log_f32 requires grad_infinity_f32 grad_nan_f32 grad_log_short_f64 */
static inline float grad_log_f32(float x) {
  if (!(x > 0.0f)) {
    if (x == 0.0f) return -grad_infinity_f32();
    return x != x ? x : grad_nan_f32();
  }
  return x == grad_infinity_f32() ? x : (float)grad_log_short_f64(x);
}
/* end */

/* runtime: grad_log1p_f32 requires grad_infinity_f32 grad_nan_f32 grad_log_short_f64 */
static inline float grad_log1p_f32(float x) {
  double wide = x;
  if (!(x > -1.0f)) {
    if (x == -1.0f) return -grad_infinity_f32();
    return x != x ? x : grad_nan_f32();
  }
  if (x == grad_infinity_f32()) return x;
  if (wide > -0x1p-20 && wide < 0x1p-20) return (float)(wide - 0.5 * wide * wide);
  return (float)grad_log_short_f64(1.0 + wide);
}
/* end */

/* runtime: grad_softplus_f32 requires grad_clamp_f64 grad_abs_f32 grad_exp_short_f64 grad_log_ratio_short_f64 */
static inline float grad_softplus_f32(float x) {
  double size = grad_clamp_f64(grad_abs_f32(x), 0.0, 150.0);
  double power = grad_exp_short_f64(-size);
  return (float)((x < 0.0f ? 0.0 : x) + grad_log_ratio_short_f64(power / (2.0 + power)));
}
/* end */
#endif
