#include <math.h>
#define GRAD_LIBM1(op) \
  static inline float grad_##op##_f32(float x) { return op##f(x); } \
  static inline double grad_##op##_f64(double x) { return op(x); }
GRAD_LIBM1(exp) GRAD_LIBM1(expm1) GRAD_LIBM1(log) GRAD_LIBM1(log1p) GRAD_LIBM1(sin) GRAD_LIBM1(cos) GRAD_LIBM1(tan)
GRAD_LIBM1(asin) GRAD_LIBM1(acos) GRAD_LIBM1(atan) GRAD_LIBM1(sinh) GRAD_LIBM1(cosh) GRAD_LIBM1(tanh) GRAD_LIBM1(erf)
#define GRAD_LIBM2(op) \
  static inline float grad_##op##_f32(float a, float b) { return op##f(a, b); } \
  static inline double grad_##op##_f64(double a, double b) { return op(a, b); }
GRAD_LIBM2(pow) GRAD_LIBM2(atan2) GRAD_LIBM2(hypot)
#define GRAD_VIA(op, expression) \
  static inline double grad_##op##_f64(double x) { return expression; } \
  static inline float grad_##op##_f32(float x) { return (float)grad_##op##_f64(x); }
GRAD_VIA(rsqrt, 1 / sqrt(x))
GRAD_VIA(sigmoid, x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)))
GRAD_VIA(softplus, (x > 0 ? x : 0) + log1p(exp(-fabs(x))))
GRAD_VIA(gelu, x * 0.5 * erfc(-x * 0.70710678118654752440))
GRAD_VIA(silu, x * grad_sigmoid_f64(x))
