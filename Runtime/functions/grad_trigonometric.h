#ifndef GRAD_TRIGONOMETRIC_H
#define GRAD_TRIGONOMETRIC_H
#include "grad_base.h"
#include "grad_double_double.h"

/*
  sin, cos, tan.

  x = k π/2 + r with |r| ≤ π/4, k mod 4 the quadrant, r to twice the precision. Up to 2^20, π/2 is subtracted in four parts, the first
  two products exact. Beyond, x 2/π is computed from as many binary digits of 2/π as matter (Payne and Hanek's method).
*/

/* runtime: grad_angle_f64 */
typedef struct {
  double high;
  double low;
  int quadrant;
} grad_angle_f64;
/* end */

/* For 2^19 ≤ x finite: the product of x's 53 bits and 224 bits of 2/π, those before them being multiples of 4 in x 2/π. */
/* runtime: grad_reduce_large_f64 requires grad_angle_f64 grad_two_f64 grad_bits_f64 grad_quick_two_sum_f64 grad_two_product_f64 */
static inline grad_angle_f64 grad_reduce_large_f64(double x) {
  static const uint32_t two_over_pi[37] = {
    0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu,
    0xdebbc561u, 0xb7246e3au, 0x424dd2e0u, 0x06492eeau, 0x09d1921cu, 0xfe1deb1cu, 0xb129a73eu,
    0xe88235f5u, 0x2ebb4484u, 0xe99c7026u, 0xb45f7e41u, 0x3991d639u, 0x835339f4u, 0x9c845f8bu,
    0xbdf9283bu, 0x1ff897ffu, 0xde05980fu, 0xef2f118bu, 0x5a0a6d1fu, 0x6d367ecfu, 0x27cb09b7u,
    0x4f463f66u, 0x9e5fea2du, 0x7527bac7u, 0xebe5f17bu, 0x3d0739f7u, 0x8a5292eau, 0x6bfb5fb1u,
    0x1f8d5d08u, 0x56033046u};
  grad_angle_f64 angle;
  grad_two_f64 fraction, r;
  uint32_t limb[10] = {0u};
  uint64_t bits = grad_bits_f64(x);
  uint64_t mantissa = (bits & (((uint64_t)1 << 52) - 1)) | ((uint64_t)1 << 52);
  uint64_t low_half = mantissa & 0xffffffffu;
  uint64_t high_half = mantissa >> 32;
  uint64_t first, second, sign;
  int exponent = (int)(bits >> 52) - 1075;
  int word = exponent < 2 ? 0 : (exponent - 2) / 32;
  int point = 224 - (exponent - 32 * word);
  int i, from, shift;
  /* limb holds mantissa · (7 words of 2/π), least significant limb first; its binary point stands before bit `point`. */
  for (i = 0; i < 7; i++) {
    uint64_t digits = two_over_pi[word + 6 - i];
    uint64_t low_product = low_half * digits + limb[i];
    uint64_t high_product = high_half * digits + limb[i + 1] + (low_product >> 32);
    limb[i] = (uint32_t)low_product;
    limb[i + 1] = (uint32_t)high_product;
    limb[i + 2] = (uint32_t)(high_product >> 32);
  }
  from = point / 32;
  shift = point % 32;
  {
    /* the 64 bits from the point down, the 64 below them, and the two bits above the point */
    uint64_t upper = ((uint64_t)limb[from + 1] << 32) | limb[from];
    uint64_t middle = ((uint64_t)limb[from - 1] << 32) | limb[from - 2];
    uint64_t lower = ((uint64_t)limb[from - 3] << 32) | limb[from - 4];
    angle.quadrant = (int)((upper >> shift) & 3u);
    first = shift == 0 ? middle : (upper << (64 - shift)) | (middle >> shift);
    second = shift == 0 ? lower : (middle << (64 - shift)) | (lower >> shift);
  }
  sign = first >> 63;
  if (sign) {
    first = ~first;
    second = ~second;
    angle.quadrant = (angle.quadrant + 1) & 3;
  }
  fraction = grad_quick_two_sum_f64((double)(int64_t)(first >> 11) * 0x1p-53,
                                    (double)(int64_t)(first & 2047u) * 0x1p-64 + (double)(int64_t)(second >> 11) * 0x1p-117);
  r = grad_two_product_f64(fraction.high, 0x1.921fb54442d18p0);
  r.low += fraction.high * 0x1.1a62633145c07p-54 + fraction.low * 0x1.921fb54442d18p0;
  angle.high = sign ? -r.high : r.high;
  angle.low = sign ? -r.low : r.low;
  return angle;
}
/* end */

/* For x finite, |x| > 2^19. */
/* runtime: grad_reduce_signed_f64 requires grad_compiler grad_angle_f64 grad_reduce_large_f64 grad_abs_f64 */
static GRAD_SELDOM grad_angle_f64 grad_reduce_signed_f64(double x) {
  grad_angle_f64 angle = grad_reduce_large_f64(grad_abs_f64(x));
  if (x < 0.0) {
    angle.high = -angle.high;
    angle.low = -angle.low;
    angle.quadrant = -angle.quadrant & 3;
  }
  return angle;
}
/* end */

/* For |x| ≤ 2^20. */
/* runtime: grad_reduce_moderate_f64 requires grad_angle_f64 grad_fma_f64 grad_two_f64 grad_two_sum_f64 grad_two_product_f64 grad_quick_two_sum_f64 grad_bits_f64 */
static inline grad_angle_f64 grad_reduce_moderate_f64(double x) {
  grad_angle_f64 angle;
  double shifted = grad_fma_f64(x, 0x1.45f306dc9c883p-1, 0x1.8p52);
  double k = shifted - 0x1.8p52;
  double rest = grad_fma_f64(-k, 0x1.921fb544p0, x);
  grad_two_f64 second = grad_two_sum_f64(rest, -(k * 0x1.0b4611a6p-34));
  grad_two_f64 product = grad_two_product_f64(k, 0x1.3198a2e037073p-69);
  grad_two_f64 third = grad_two_sum_f64(second.high, -product.high);
  double low = (third.low + second.low) - (product.low + k * 0x1.129024e088a68p-123);
  grad_two_f64 r = grad_quick_two_sum_f64(third.high, low);
  angle.high = r.high;
  angle.low = r.low;
  angle.quadrant = (int)(grad_bits_f64(shifted) & 3u);
  return angle;
}
/* end */

/* sin r = r + r³ S(r²). */
/* runtime: grad_sin_kernel_f64 requires grad_two_f64 grad_fma_f64 grad_quick_two_sum_f64 */
static inline grad_two_f64 grad_sin_kernel_f64(double r, double low) {
  double z = r * r;
  double p = 0x1.5d930a84b1a52p-33;
  p = grad_fma_f64(p, z, -0x1.ae5e66756e164p-26);
  p = grad_fma_f64(p, z, 0x1.71de35782e1cfp-19);
  p = grad_fma_f64(p, z, -0x1.a01a019c12674p-13);
  p = grad_fma_f64(p, z, 0x1.111111110f883p-7);
  p = grad_fma_f64(p, z, -0x1.5555555555549p-3);
  return grad_quick_two_sum_f64(r, grad_fma_f64(z * r, p, low - 0.5 * z * low));
}
/* end */

/* cos r = 1 - r² / 2 + r⁴ C(r²). */
/* runtime: grad_cos_kernel_f64 requires grad_two_f64 grad_two_product_f64 grad_quick_two_sum_f64 grad_fma_f64 */
static inline grad_two_f64 grad_cos_kernel_f64(double r, double low) {
  grad_two_f64 z = grad_two_product_f64(r, r);
  grad_two_f64 sum = grad_quick_two_sum_f64(1.0, -0.5 * z.high);
  double square = z.high;
  double p = -0x1.8faea3803c33bp-37;
  p = grad_fma_f64(p, square, 0x1.1ee9ebf6c8555p-29);
  p = grad_fma_f64(p, square, -0x1.27e4f80a04955p-22);
  p = grad_fma_f64(p, square, 0x1.a01a019cb1d8ep-16);
  p = grad_fma_f64(p, square, -0x1.6c16c16c1517fp-10);
  p = grad_fma_f64(p, square, 0x1.555555555554cp-5);
  return grad_quick_two_sum_f64(sum.high, sum.low + (grad_fma_f64(square * square, p, -0.5 * z.low) - r * low));
}
/* end */

/* runtime: grad_sin_angle_f64 requires grad_angle_f64 grad_sin_kernel_f64 grad_cos_kernel_f64 */
static inline double grad_sin_angle_f64(grad_angle_f64 angle) {
  double sine = grad_sin_kernel_f64(angle.high, angle.low).high;
  double cosine = grad_cos_kernel_f64(angle.high, angle.low).high;
  double result = angle.quadrant & 1 ? cosine : sine;
  return angle.quadrant & 2 ? -result : result;
}
/* end */

/* runtime: grad_cos_angle_f64 requires grad_angle_f64 grad_sin_kernel_f64 grad_cos_kernel_f64 */
static inline double grad_cos_angle_f64(grad_angle_f64 angle) {
  double sine = grad_sin_kernel_f64(angle.high, angle.low).high;
  double cosine = grad_cos_kernel_f64(angle.high, angle.low).high;
  double result = angle.quadrant & 1 ? sine : cosine;
  return (angle.quadrant + 1) & 2 ? -result : result;
}
/* end */

/* runtime: grad_tan_angle_f64 requires grad_angle_f64 grad_two_f64 grad_sin_kernel_f64 grad_cos_kernel_f64 grad_two_divide_f64 */
static inline double grad_tan_angle_f64(grad_angle_f64 angle) {
  grad_two_f64 sine = grad_sin_kernel_f64(angle.high, angle.low);
  grad_two_f64 cosine = grad_cos_kernel_f64(angle.high, angle.low);
  int odd = angle.quadrant & 1;
  grad_two_f64 numerator, denominator, quotient;
  numerator.high = odd ? -cosine.high : sine.high;
  numerator.low = odd ? -cosine.low : sine.low;
  denominator.high = odd ? sine.high : cosine.high;
  denominator.low = odd ? sine.low : cosine.low;
  quotient = grad_two_divide_f64(numerator, denominator);
  return quotient.high + quotient.low;
}
/* end */

/* For |x| ≤ π/4, where nothing is reduced: r = x has the bits of grad_reduce_moderate_f64's. */
/* runtime: grad_sin_near_f64 requires grad_sin_kernel_f64 */
static inline double grad_sin_near_f64(double x) {
  double result = grad_sin_kernel_f64(x, 0.0).high;
  return x > -0x1p-27 && x < 0x1p-27 ? x : result;
}
/* end */

/* For |x| ≤ 2^20. */
/* runtime: grad_sin_moderate_f64 requires grad_sin_angle_f64 grad_reduce_moderate_f64 */
static inline double grad_sin_moderate_f64(double x) {
  double result = grad_sin_angle_f64(grad_reduce_moderate_f64(x));
  return x > -0x1p-27 && x < 0x1p-27 ? x : result;
}
/* end */

/* runtime: grad_sin_f64 requires grad_abs_f64 grad_sin_near_f64 grad_sin_moderate_f64 grad_infinity_f64 grad_nan_f64 grad_sin_angle_f64 grad_reduce_signed_f64 */
static inline double grad_sin_f64(double x) {
  if (grad_abs_f64(x) <= 0x1.9p-1) return grad_sin_near_f64(x);
  if (grad_abs_f64(x) <= 0x1p20) return grad_sin_moderate_f64(x);
  if (x != x) return x;
  if (grad_abs_f64(x) == grad_infinity_f64()) return grad_nan_f64();
  return grad_sin_angle_f64(grad_reduce_signed_f64(x));
}
/* end */

/* For |x| ≤ 2^20. */
/* runtime: grad_cos_moderate_f64 requires grad_cos_angle_f64 grad_reduce_moderate_f64 */
static inline double grad_cos_moderate_f64(double x) { return grad_cos_angle_f64(grad_reduce_moderate_f64(x)); }
/* end */

/* runtime: grad_cos_f64 requires grad_abs_f64 grad_cos_kernel_f64 grad_cos_moderate_f64 grad_infinity_f64 grad_nan_f64 grad_cos_angle_f64 grad_reduce_signed_f64 */
static inline double grad_cos_f64(double x) {
  if (grad_abs_f64(x) <= 0x1.9p-1) return grad_cos_kernel_f64(x, 0.0).high;
  if (grad_abs_f64(x) <= 0x1p20) return grad_cos_moderate_f64(x);
  if (x != x) return x;
  if (grad_abs_f64(x) == grad_infinity_f64()) return grad_nan_f64();
  return grad_cos_angle_f64(grad_reduce_signed_f64(x));
}
/* end */

/* Both of one argument, with the bits that each has alone. */
/* runtime: grad_sincos_f64 requires grad_abs_f64 grad_sin_near_f64 grad_reduce_moderate_f64 grad_sin_kernel_f64 grad_cos_kernel_f64 grad_sin_f64 grad_cos_f64 */
static inline void grad_sincos_f64(double x, double *sine, double *cosine) {
  if (grad_abs_f64(x) <= 0x1.9p-1) {
    *sine = grad_sin_near_f64(x);
    *cosine = grad_cos_kernel_f64(x, 0.0).high;
  } else if (grad_abs_f64(x) <= 0x1p20) {
    grad_angle_f64 angle = grad_reduce_moderate_f64(x);
    double sine_of_rest = grad_sin_kernel_f64(angle.high, angle.low).high;
    double cosine_of_rest = grad_cos_kernel_f64(angle.high, angle.low).high;
    double s = angle.quadrant & 1 ? cosine_of_rest : sine_of_rest;
    double c = angle.quadrant & 1 ? sine_of_rest : cosine_of_rest;
    s = angle.quadrant & 2 ? -s : s;
    *sine = x > -0x1p-27 && x < 0x1p-27 ? x : s;
    *cosine = (angle.quadrant + 1) & 2 ? -c : c;
  } else {
    *sine = grad_sin_f64(x);
    *cosine = grad_cos_f64(x);
  }
}
/* end */

/* For |x| ≤ 2^20. */
/* runtime: grad_tan_moderate_f64 requires grad_tan_angle_f64 grad_reduce_moderate_f64 */
static inline double grad_tan_moderate_f64(double x) {
  double result = grad_tan_angle_f64(grad_reduce_moderate_f64(x));
  return x > -0x1p-27 && x < 0x1p-27 ? x : result;
}
/* end */

/* runtime: grad_tan_f64 requires grad_abs_f64 grad_tan_moderate_f64 grad_infinity_f64 grad_nan_f64 grad_tan_angle_f64 grad_reduce_signed_f64 */
static inline double grad_tan_f64(double x) {
  if (grad_abs_f64(x) <= 0x1p20) return grad_tan_moderate_f64(x);
  if (x != x) return x;
  if (grad_abs_f64(x) == grad_infinity_f64()) return grad_nan_f64();
  return grad_tan_angle_f64(grad_reduce_signed_f64(x));
}
/* end */

/* For f32's precision, |x| ≤ 2^28; high has a relative error below 2^-40. */
/* runtime: grad_reduce_short_f64 requires grad_angle_f64 grad_fma_f64 grad_bits_f64 */
static inline grad_angle_f64 grad_reduce_short_f64(double x) {
  grad_angle_f64 angle;
  double shifted = grad_fma_f64(x, 0x1.45f306dc9c883p-1, 0x1.8p52);
  double k = shifted - 0x1.8p52;
  angle.high = grad_fma_f64(-k, 0x1.1a62633145c07p-54, grad_fma_f64(-k, 0x1.921fb54442d18p0, x));
  angle.low = 0.0;
  angle.quadrant = (int)(grad_bits_f64(shifted) & 3u);
  return angle;
}
/* end */

/* runtime: grad_sin_short_f64 requires grad_fma_f64 */
static inline double grad_sin_short_f64(double r) {
  double z = r * r;
  double p = 0x1.6cd881af818d9p-19;
  p = grad_fma_f64(p, z, -0x1.a00f9ed21b3d9p-13);
  p = grad_fma_f64(p, z, 0x1.111108988ce2dp-7);
  p = grad_fma_f64(p, z, -0x1.5555554cbdf36p-3);
  return grad_fma_f64(z * r, p, r);
}
/* end */

/* runtime: grad_cos_short_f64 requires grad_fma_f64 */
static inline double grad_cos_short_f64(double r) {
  double z = r * r;
  double p = -0x1.242aaecfb56dfp-22;
  p = grad_fma_f64(p, z, 0x1.a0111f63aa77dp-16);
  p = grad_fma_f64(p, z, -0x1.6c16b89797a23p-10);
  p = grad_fma_f64(p, z, 0x1.5555554f4d1aep-5);
  return grad_fma_f64(z * z, p, grad_fma_f64(-0.5, z, 1.0));
}
/* end */

/* runtime: grad_sin_angle_f32 requires grad_angle_f64 grad_sin_short_f64 grad_cos_short_f64 */
static inline float grad_sin_angle_f32(grad_angle_f64 angle) {
  double sine = grad_sin_short_f64(angle.high);
  double cosine = grad_cos_short_f64(angle.high);
  double result = angle.quadrant & 1 ? cosine : sine;
  return (float)(angle.quadrant & 2 ? -result : result);
}
/* end */

/* For |x| ≤ 2^28. */
/* runtime: grad_sin_moderate_f32 requires grad_sin_angle_f32 grad_reduce_short_f64 */
static inline float grad_sin_moderate_f32(float x) {
  float result = grad_sin_angle_f32(grad_reduce_short_f64(x));
  return x > -0x1p-13f && x < 0x1p-13f ? x : result;
}
/* end */

/* runtime: grad_sin_f32 requires grad_abs_f32 grad_sin_moderate_f32 grad_infinity_f32 grad_nan_f32 grad_sin_angle_f32 grad_reduce_signed_f64 */
static inline float grad_sin_f32(float x) {
  if (grad_abs_f32(x) <= 0x1p28f) return grad_sin_moderate_f32(x);
  if (x != x) return x;
  if (grad_abs_f32(x) == grad_infinity_f32()) return grad_nan_f32();
  return grad_sin_angle_f32(grad_reduce_signed_f64(x));
}
/* end */

/* runtime: grad_cos_angle_f32 requires grad_angle_f64 grad_sin_short_f64 grad_cos_short_f64 */
static inline float grad_cos_angle_f32(grad_angle_f64 angle) {
  double sine = grad_sin_short_f64(angle.high);
  double cosine = grad_cos_short_f64(angle.high);
  double result = angle.quadrant & 1 ? sine : cosine;
  return (float)((angle.quadrant + 1) & 2 ? -result : result);
}
/* end */

/* For |x| ≤ 2^28. */
/* runtime: grad_cos_moderate_f32 requires grad_cos_angle_f32 grad_reduce_short_f64 */
static inline float grad_cos_moderate_f32(float x) { return grad_cos_angle_f32(grad_reduce_short_f64(x)); }
/* end */

/* runtime: grad_cos_f32 requires grad_abs_f32 grad_cos_moderate_f32 grad_infinity_f32 grad_nan_f32 grad_cos_angle_f32 grad_reduce_signed_f64 */
static inline float grad_cos_f32(float x) {
  if (grad_abs_f32(x) <= 0x1p28f) return grad_cos_moderate_f32(x);
  if (x != x) return x;
  if (grad_abs_f32(x) == grad_infinity_f32()) return grad_nan_f32();
  return grad_cos_angle_f32(grad_reduce_signed_f64(x));
}
/* end */

/* Both of one argument, with the bits that each has alone. */
/* runtime: grad_sincos_f32 requires grad_abs_f32 grad_reduce_short_f64 grad_sin_short_f64 grad_cos_short_f64 grad_sin_f32 grad_cos_f32 */
static inline void grad_sincos_f32(float x, float *sine, float *cosine) {
  if (grad_abs_f32(x) <= 0x1p28f) {
    grad_angle_f64 angle = grad_reduce_short_f64(x);
    double sine_of_rest = grad_sin_short_f64(angle.high);
    double cosine_of_rest = grad_cos_short_f64(angle.high);
    double s = angle.quadrant & 1 ? cosine_of_rest : sine_of_rest;
    double c = angle.quadrant & 1 ? sine_of_rest : cosine_of_rest;
    s = angle.quadrant & 2 ? -s : s;
    *sine = x > -0x1p-13f && x < 0x1p-13f ? x : (float)s;
    *cosine = (float)((angle.quadrant + 1) & 2 ? -c : c);
  } else {
    *sine = grad_sin_f32(x);
    *cosine = grad_cos_f32(x);
  }
}
/* end */

/* runtime: grad_tan_angle_f32 requires grad_angle_f64 grad_sin_short_f64 grad_cos_short_f64 */
static inline float grad_tan_angle_f32(grad_angle_f64 angle) {
  double sine = grad_sin_short_f64(angle.high);
  double cosine = grad_cos_short_f64(angle.high);
  int odd = angle.quadrant & 1;
  return (float)((odd ? -cosine : sine) / (odd ? sine : cosine));
}
/* end */

/* For |x| ≤ 2^28. */
/* runtime: grad_tan_moderate_f32 requires grad_tan_angle_f32 grad_reduce_short_f64 */
static inline float grad_tan_moderate_f32(float x) {
  float result = grad_tan_angle_f32(grad_reduce_short_f64(x));
  return x > -0x1p-13f && x < 0x1p-13f ? x : result;
}
/* end */

/* runtime: grad_tan_f32 requires grad_abs_f32 grad_tan_moderate_f32 grad_infinity_f32 grad_nan_f32 grad_tan_angle_f32 grad_reduce_signed_f64 */
static inline float grad_tan_f32(float x) {
  if (grad_abs_f32(x) <= 0x1p28f) return grad_tan_moderate_f32(x);
  if (x != x) return x;
  if (grad_abs_f32(x) == grad_infinity_f32()) return grad_nan_f32();
  return grad_tan_angle_f32(grad_reduce_signed_f64(x));
}
/* end */
#endif
