#ifndef GRAD_INVERSE_TRIGONOMETRIC_H
#define GRAD_INVERSE_TRIGONOMETRIC_H
#include "grad_base.h"
#include "grad_double_double.h"

/*
  asin, acos, atan, atan2.

  asin x = x + x³ A(x²) for |x| ≤ ½, and from there π/2 - 2 asin √((1 - |x|) / 2). The arctangent of a ratio n / d is reduced to at most
  tan(π/8) by atan(n / d) = π/4 + atan((n - d) / (n + d)) = π/2 - atan(d / n); there it is t + t³ T(t²).
*/

/* asin x - x, divided by x, for x² = z ≤ 1/4. */
/* runtime: grad_asin_rest_f64 requires grad_fma_f64 */
static inline double grad_asin_rest_f64(double z) {
  double p = 0x1.0be795f28619dp-5;
  p = grad_fma_f64(p, z, -0x1.5a0131934f037p-6);
  p = grad_fma_f64(p, z, 0x1.6509f5e72998bp-6);
  p = grad_fma_f64(p, z, 0x1.e13f848de7138p-9);
  p = grad_fma_f64(p, z, 0x1.618cb064c9b01p-7);
  p = grad_fma_f64(p, z, 0x1.75772cdc32bf3p-7);
  p = grad_fma_f64(p, z, 0x1.ca21510c62743p-7);
  p = grad_fma_f64(p, z, 0x1.1c49dd6c9a0c7p-6);
  p = grad_fma_f64(p, z, 0x1.6e8bdfefc1cafp-6);
  p = grad_fma_f64(p, z, 0x1.f1c71a8b3f7cbp-6);
  p = grad_fma_f64(p, z, 0x1.6db6db722c7fap-5);
  p = grad_fma_f64(p, z, 0x1.333333332defap-4);
  p = grad_fma_f64(p, z, 0x1.5555555555578p-3);
  return z * p;
}
/* end */

/* asin √z for z ≤ 1/4, in twice the precision or near it. */
/* runtime: grad_asin_root_f64 requires grad_two_f64 grad_sqrt_f64 grad_fma_f64 grad_asin_rest_f64 */
static inline grad_two_f64 grad_asin_root_f64(double z) {
  grad_two_f64 result;
  double root = grad_sqrt_f64(z);
  double low = root > 0.0 ? grad_fma_f64(-root, root, z) / (2.0 * root) : 0.0;
  result.high = root;
  result.low = grad_fma_f64(root, grad_asin_rest_f64(z), low);
  return result;
}
/* end */

/* runtime: grad_asin_f64 requires grad_abs_f64 grad_two_f64 grad_nan_f64 grad_fma_f64 grad_asin_rest_f64 grad_asin_root_f64 grad_quick_two_sum_f64 grad_copysign_f64 */
static inline double grad_asin_f64(double x) {
  double size = grad_abs_f64(x);
  grad_two_f64 half, sum;
  if (size < 0x1p-27 || x != x) return x;
  if (size > 1.0) return grad_nan_f64();
  if (size <= 0.5) return grad_fma_f64(x, grad_asin_rest_f64(x * x), x);
  half = grad_asin_root_f64(0.5 * (1.0 - size));
  sum = grad_quick_two_sum_f64(0x1.921fb54442d18p0, -2.0 * half.high);
  return grad_copysign_f64(sum.high + (sum.low + (0x1.1a62633145c07p-54 - 2.0 * half.low)), x);
}
/* end */

/* runtime: grad_acos_f64 requires grad_abs_f64 grad_two_f64 grad_nan_f64 grad_quick_two_sum_f64 grad_asin_rest_f64 grad_asin_root_f64 */
static inline double grad_acos_f64(double x) {
  double size = grad_abs_f64(x);
  grad_two_f64 half, sum;
  if (x != x) return x;
  if (size > 1.0) return grad_nan_f64();
  if (size <= 0.5) {
    sum = grad_quick_two_sum_f64(0x1.921fb54442d18p0, -x);
    return sum.high + (sum.low + (0x1.1a62633145c07p-54 - x * grad_asin_rest_f64(x * x)));
  }
  half = grad_asin_root_f64(0.5 * (1.0 - size));
  if (x > 0.0) return 2.0 * (half.high + half.low);
  sum = grad_quick_two_sum_f64(0x1.921fb54442d18p1, -2.0 * half.high);
  return sum.high + (sum.low + (0x1.1a62633145c07p-53 - 2.0 * half.low));
}
/* end */

/* atan(n / d) for finite n ≥ 0 and d > 0, or n > 0 and d ≥ 0, neither pair close to over- or underflow. */
/* runtime: grad_atan_ratio_f64 requires grad_two_f64 grad_two_sum_f64 grad_two_divide_f64 grad_fma_f64 grad_quick_two_sum_f64 */
static inline grad_two_f64 grad_atan_ratio_f64(double n, double d) {
  grad_two_f64 numerator, denominator, base, t, sum;
  double z;
  numerator.high = n;
  numerator.low = 0.0;
  denominator.high = d;
  denominator.low = 0.0;
  base.high = 0.0;
  base.low = 0.0;
  if (n > d * 0x1.3504f333f9de6p1) {
    numerator.high = -d;
    denominator.high = n;
    base.high = 0x1.921fb54442d18p0;
    base.low = 0x1.1a62633145c07p-54;
  } else if (n > d * 0x1.a827999fcef32p-2) {
    numerator = grad_two_sum_f64(n, -d);
    denominator = grad_two_sum_f64(n, d);
    base.high = 0x1.921fb54442d18p-1;
    base.low = 0x1.1a62633145c07p-55;
  }
  t = grad_two_divide_f64(numerator, denominator);
  z = t.high * t.high;
  /* a ratio so small that its rest underflows needs no rest */
  if (z < 0x1p-1000) t.low = 0.0;
  {
    double p = 0x1.f249b36b850bdp-7;
    p = grad_fma_f64(p, z, -0x1.125085e4f9823p-5);
    p = grad_fma_f64(p, z, 0x1.70f85ddae9a53p-5);
    p = grad_fma_f64(p, z, -0x1.ab805a60164bdp-5);
    p = grad_fma_f64(p, z, 0x1.e1727735e880bp-5);
    p = grad_fma_f64(p, z, -0x1.110c793c77e8fp-4);
    p = grad_fma_f64(p, z, 0x1.3b136ea454184p-4);
    p = grad_fma_f64(p, z, -0x1.745d14bf59b02p-4);
    p = grad_fma_f64(p, z, 0x1.c71c71b7759d2p-4);
    p = grad_fma_f64(p, z, -0x1.2492492475cf3p-3);
    p = grad_fma_f64(p, z, 0x1.9999999999659p-3);
    p = grad_fma_f64(p, z, -0x1.5555555555554p-2);
    sum = grad_quick_two_sum_f64(base.high, t.high);
    return grad_quick_two_sum_f64(sum.high, sum.low + (grad_fma_f64(t.high * z, p, t.low - t.low * z) + base.low));
  }
}
/* end */

/* runtime: grad_atan_f64 requires grad_abs_f64 grad_copysign_f64 grad_atan_ratio_f64 */
static inline double grad_atan_f64(double x) {
  double size = grad_abs_f64(x);
  if (size < 0x1p-27 || x != x) return x;
  if (size > 0x1p100) size = 0x1p100;
  return grad_copysign_f64(grad_atan_ratio_f64(size, 1.0).high, x);
}
/* end */

/* runtime: grad_atan2_f64 requires grad_infinity_f64 grad_abs_f64 grad_two_f64 grad_atan_ratio_f64 grad_copysign_f64 grad_quick_two_sum_f64 */
static inline double grad_atan2_f64(double a, double b) {
  double infinity = grad_infinity_f64();
  double n = grad_abs_f64(a);
  double d = grad_abs_f64(b);
  double result;
  grad_two_f64 angle;
  if (a != a || b != b) return a + b;
  if (n == infinity || d == infinity) {
    n = n == infinity ? 1.0 : 0.0;
    d = d == infinity ? 1.0 : 0.0;
  } else if (n > 0x1p1000 || d > 0x1p1000) {
    n = n * 0x1p-60;
    d = d * 0x1p-60;
  } else if (n < 0x1p-900 && d < 0x1p-900) {
    n = n * 0x1p200;
    d = d * 0x1p200;
  }
  if (n == 0.0 && d == 0.0) d = 1.0;
  angle = grad_atan_ratio_f64(n, d);
  result = angle.high;
  if (grad_copysign_f64(1.0, b) < 0.0) {
    grad_two_f64 sum = grad_quick_two_sum_f64(0x1.921fb54442d18p1, -angle.high);
    result = sum.high + (sum.low + (0x1.1a62633145c07p-53 - angle.low));
  }
  return grad_copysign_f64(result, a);
}
/* end */

/* runtime: grad_asin_rest_short_f64 requires grad_fma_f64 */
static inline double grad_asin_rest_short_f64(double z) {
  double p = 0x1.1c52730aa3b7ep-5;
  p = grad_fma_f64(p, z, 0x1.e8bd11383c2d9p-8);
  p = grad_fma_f64(p, z, 0x1.9368307c03703p-6);
  p = grad_fma_f64(p, z, 0x1.ed512f71d27dbp-6);
  p = grad_fma_f64(p, z, 0x1.6ddb3e8176d31p-5);
  p = grad_fma_f64(p, z, 0x1.3332a799cda52p-4);
  p = grad_fma_f64(p, z, 0x1.55555609c5f76p-3);
  return z * p;
}
/* end */

/* π/2 - asin x for 0 ≤ x ≤ 1. */
/* runtime: grad_acos_short_f64 requires grad_sqrt_f64 grad_fma_f64 grad_asin_rest_short_f64 */
static inline double grad_acos_short_f64(double x) {
  double z = x <= 0.5 ? x * x : 0.5 * (1.0 - x);
  double root = x <= 0.5 ? x : grad_sqrt_f64(z);
  double angle = grad_fma_f64(root, grad_asin_rest_short_f64(z), root);
  return x <= 0.5 ? 0x1.921fb54442d18p0 - angle : 2.0 * angle;
}
/* end */

/* runtime: grad_asin_f32 requires grad_abs_f32 grad_nan_f32 grad_fma_f64 grad_asin_rest_short_f64 grad_copysign_f32 grad_acos_short_f64 */
static inline float grad_asin_f32(float x) {
  float size = grad_abs_f32(x);
  double wide = x;
  if (size < 0x1p-13f || x != x) return x;
  if (size > 1.0f) return grad_nan_f32();
  if (size <= 0.5f) return (float)grad_fma_f64(wide, grad_asin_rest_short_f64(wide * wide), wide);
  return grad_copysign_f32((float)(0x1.921fb54442d18p0 - grad_acos_short_f64(size)), x);
}
/* end */

/* runtime: grad_acos_f32 requires grad_abs_f32 grad_nan_f32 grad_acos_short_f64 */
static inline float grad_acos_f32(float x) {
  float size = grad_abs_f32(x);
  double angle;
  if (x != x) return x;
  if (size > 1.0f) return grad_nan_f32();
  angle = grad_acos_short_f64(size);
  return (float)(x < 0.0f ? 0x1.921fb54442d18p1 - angle : angle);
}
/* end */

/* atan(n / d) as grad_atan_ratio_f64, for f32's precision. */
/* runtime: grad_atan_ratio_short_f64 requires grad_fma_f64 */
static inline double grad_atan_ratio_short_f64(double n, double d) {
  double numerator = n;
  double denominator = d;
  double base = 0.0;
  double t, z;
  if (n > d * 0x1.3504f333f9de6p1) {
    numerator = -d;
    denominator = n;
    base = 0x1.921fb54442d18p0;
  } else if (n > d * 0x1.a827999fcef32p-2) {
    numerator = n - d;
    denominator = n + d;
    base = 0x1.921fb54442d18p-1;
  }
  t = numerator / denominator;
  z = t * t;
  {
    double p = -0x1.36f2058c4922bp-5;
    p = grad_fma_f64(p, z, 0x1.1e71351601f4ep-4);
    p = grad_fma_f64(p, z, -0x1.7087b403f7d99p-4);
    p = grad_fma_f64(p, z, 0x1.c6d28173e0d27p-4);
    p = grad_fma_f64(p, z, -0x1.2490c77865fecp-3);
    p = grad_fma_f64(p, z, 0x1.9999921b3193ep-3);
    p = grad_fma_f64(p, z, -0x1.5555554f034ebp-2);
    return base + grad_fma_f64(t * z, p, t);
  }
}
/* end */

/* runtime: grad_atan_f32 requires grad_abs_f32 grad_copysign_f32 grad_atan_ratio_short_f64 */
static inline float grad_atan_f32(float x) {
  float size = grad_abs_f32(x);
  if (size < 0x1p-13f || x != x) return x;
  if (size > 0x1p100f) size = 0x1p100f;
  return grad_copysign_f32((float)grad_atan_ratio_short_f64(size, 1.0), x);
}
/* end */

/* runtime: grad_atan2_f32 requires grad_infinity_f32 grad_abs_f32 grad_atan_ratio_short_f64 grad_copysign_f32 */
static inline float grad_atan2_f32(float a, float b) {
  float infinity = grad_infinity_f32();
  double n = grad_abs_f32(a);
  double d = grad_abs_f32(b);
  double angle;
  if (a != a || b != b) return a + b;
  if (n == infinity || d == infinity) {
    n = n == infinity ? 1.0 : 0.0;
    d = d == infinity ? 1.0 : 0.0;
  }
  if (n == 0.0 && d == 0.0) d = 1.0;
  angle = grad_atan_ratio_short_f64(n, d);
  if (grad_copysign_f32(1.0f, b) < 0.0f) angle = 0x1.921fb54442d18p1 - angle;
  return grad_copysign_f32((float)angle, a);
}
/* end */
#endif
