#ifndef GRAD_LOGARITHM_H
#define GRAD_LOGARITHM_H
#include "grad_base.h"
#include "grad_double_double.h"
#include "grad_exponential.h"

/*
  log, log1p, softplus.

  x = 2^k (1 + f) with √½ ≤ 1 + f < √2; with s = f / (2 + f), log(1 + f) = log((1 + s) / (1 - s)) = 2 s + s z L(z) for z = s², L a minimax
  polynomial, and 2 s = f - f² / 2 + s f² / 2, whose first term is exact. The f32 functions take a polynomial of f, without a division; they are
  of f32 throughout and without branches.
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

/* The k of x = 2^k m with √½ ≤ m < √2, from the bits of x, which is normal. */
/* runtime: grad_log_exponent_f32 */
static inline int32_t grad_log_exponent_f32(uint32_t bits) { return (int32_t)(bits - 0x3f3504f3u) >> 23; }
/* end */

/* k ln 2 + log(1 + f) for √½ ≤ 1 + f < √2, as f - f² / 2 + f³ P(f). */
/* runtime: grad_log_sum_f32 requires grad_fma_f32 */
static inline float grad_log_sum_f32(float f, float k) {
  float square = f * f;
  float p = -0x1.41eefep-4f;
  p = grad_fma_f32(p, f, 0x1.07d0e4p-3f);
  p = grad_fma_f32(p, f, -0x1.0ce03cp-3f);
  p = grad_fma_f32(p, f, 0x1.226e46p-3f);
  p = grad_fma_f32(p, f, -0x1.547892p-3f);
  p = grad_fma_f32(p, f, 0x1.99a596p-3f);
  p = grad_fma_f32(p, f, -0x1.00022p-2f);
  p = grad_fma_f32(p, f, 0x1.55554ap-2f);
  p = grad_fma_f32(-0.5f, square, grad_fma_f32(f * square, p, k * -0x1.bd0106p-13f));
  return grad_fma_f32(k, 0x1.63p-1f, f + p);
}
/* end */

/* runtime: grad_log_f32 requires grad_infinity_f32 grad_nan_f32 grad_bits_f32 grad_from_bits_f32 grad_select_f32 grad_log_exponent_f32 grad_log_sum_f32 */
static inline float grad_log_f32(float x) {
  int small = x < 0x1p-126f;
  uint32_t bits = grad_bits_f32(x * grad_select_f32(small, 0x1p23f, 1.0f));
  int32_t k = grad_log_exponent_f32(bits);
  float f = grad_from_bits_f32(bits - ((uint32_t)k << 23)) - 1.0f;
  float y = grad_log_sum_f32(f, (float)k - grad_select_f32(small, 23.0f, 0.0f));
  y = grad_select_f32(x == 0.0f, -grad_infinity_f32(), y);
  y = grad_select_f32(x < 0.0f, grad_nan_f32(), y);
  return grad_select_f32((x != x) | (x == grad_infinity_f32()), x, y);
}
/* end */

/* log(1 + x) for x > -1 finite: log(u) + rest / u for 1 + x = u + rest. */
/* runtime: grad_log1p_moderate_f32 requires grad_bits_f32 grad_from_bits_f32 grad_select_f32 grad_log_exponent_f32 grad_log_sum_f32 */
static inline float grad_log1p_moderate_f32(float x) {
  float u = 1.0f + x;
  float part = u - 1.0f;
  float rest = (1.0f - (u - part)) + (x - part);
  uint32_t bits = grad_bits_f32(u);
  int32_t k = grad_log_exponent_f32(bits);
  float inverse_power = grad_select_f32(x > 0x1p64f, 0.0f, grad_from_bits_f32(0x3f800000u - ((uint32_t)k << 23)));
  return grad_log_sum_f32((grad_from_bits_f32(bits - ((uint32_t)k << 23)) - 1.0f) + rest * inverse_power, (float)k);
}
/* end */

/* runtime: grad_log1p_f32 requires grad_infinity_f32 grad_nan_f32 grad_select_f32 grad_log1p_moderate_f32 */
static inline float grad_log1p_f32(float x) {
  float y = grad_log1p_moderate_f32(x);
  y = grad_select_f32(x == -1.0f, -grad_infinity_f32(), y);
  y = grad_select_f32(x < -1.0f, grad_nan_f32(), y);
  return grad_select_f32((x != x) | (x == grad_infinity_f32()) | ((x > -0x1p-26f) & (x < 0x1p-26f)), x, y);
}
/* end */

/* runtime: grad_softplus_f32 requires grad_exp_low_f32 grad_negative_size_f32 grad_log1p_moderate_f32 grad_select_f32 */
static inline float grad_softplus_f32(float x) {
  float power = grad_exp_low_f32(grad_negative_size_f32(x, -104.0f));
  float logarithm = grad_select_f32(power < 0x1p-26f, power, grad_log1p_moderate_f32(power));
  return (x < 0.0f ? 0.0f : x) + logarithm;
}
/* end */
#endif
