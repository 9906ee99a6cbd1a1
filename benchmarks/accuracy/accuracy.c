/*
  The largest error of every function of the runtime, in units in the last place, against MPFR.

    make -C benchmarks/accuracy run          a table in a few minutes; COUNT=1000000 STRIDE=101 for more numbers

  f32: every `stride`-th of all 2^32 numbers. f64: for each range of a function, COUNT numbers whose logarithm, and COUNT that
  themselves, are spread evenly; random bits; and numbers close to those where a function changes its method. An ulp of the exact
  result y is 2^(max(⌊log2 |y|⌋, least exponent) - precision + 1); a result that should overflow counts as right if it is infinite.
*/
#include <math.h>
#include <mpfr.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../Runtime/include/GradRuntime.h"

enum { precision = 260 };

typedef void reference1(mpfr_t y, mpfr_t x);
typedef void reference2(mpfr_t y, mpfr_t a, mpfr_t b);

static mpfr_t t, u;

#define DIRECT(op) \
  static void ref_##op(mpfr_t y, mpfr_t x) { mpfr_##op(y, x, MPFR_RNDN); }
DIRECT(exp) DIRECT(expm1) DIRECT(log) DIRECT(log1p) DIRECT(sqrt) DIRECT(sin) DIRECT(cos) DIRECT(tan) DIRECT(asin) DIRECT(acos)
DIRECT(atan) DIRECT(sinh) DIRECT(cosh) DIRECT(tanh) DIRECT(erf) DIRECT(erfc) DIRECT(abs)
static void ref_rsqrt(mpfr_t y, mpfr_t x) { mpfr_rec_sqrt(y, x, MPFR_RNDN); }
static void ref_floor(mpfr_t y, mpfr_t x) { mpfr_floor(y, x); }
static void ref_ceil(mpfr_t y, mpfr_t x) { mpfr_ceil(y, x); }
static void ref_round(mpfr_t y, mpfr_t x) { mpfr_roundeven(y, x); }
static void ref_sigmoid(mpfr_t y, mpfr_t x) {
  mpfr_neg(t, x, MPFR_RNDN);
  mpfr_exp(t, t, MPFR_RNDN);
  mpfr_add_ui(t, t, 1, MPFR_RNDN);
  mpfr_ui_div(y, 1, t, MPFR_RNDN);
}
static void ref_silu(mpfr_t y, mpfr_t x) {
  ref_sigmoid(u, x);
  mpfr_mul(y, u, x, MPFR_RNDN);
}
static void ref_softplus(mpfr_t y, mpfr_t x) {
  if (mpfr_cmp_ui(x, 10000) > 0) { /* beyond, MPFR's own exponents overflow and the rest is nothing */
    mpfr_set(y, x, MPFR_RNDN);
    return;
  }
  mpfr_exp(t, x, MPFR_RNDN);
  mpfr_log1p(y, t, MPFR_RNDN);
}
static void ref_gelu(mpfr_t y, mpfr_t x) {
  mpfr_set_d(t, 0.5, MPFR_RNDN);
  mpfr_sqrt(t, t, MPFR_RNDN);
  mpfr_mul(t, t, x, MPFR_RNDN);
  mpfr_neg(t, t, MPFR_RNDN);
  mpfr_erfc(u, t, MPFR_RNDN);
  mpfr_mul(y, u, x, MPFR_RNDN);
  mpfr_div_2ui(y, y, 1, MPFR_RNDN);
}
static void ref_pow(mpfr_t y, mpfr_t a, mpfr_t b) { mpfr_pow(y, a, b, MPFR_RNDN); }
static void ref_atan2(mpfr_t y, mpfr_t a, mpfr_t b) { mpfr_atan2(y, a, b, MPFR_RNDN); }
static void ref_hypot(mpfr_t y, mpfr_t a, mpfr_t b) { mpfr_hypot(y, a, b, MPFR_RNDN); }
static void ref_remainder(mpfr_t y, mpfr_t a, mpfr_t b) {
  mpfr_fmod(t, a, b, MPFR_RNDN);
  if (!mpfr_zero_p(t) && mpfr_signbit(t) != mpfr_signbit(b)) mpfr_add(t, t, b, MPFR_RNDN);
  mpfr_set(y, t, MPFR_RNDN);
}

typedef struct {
  const char *name;
  float (*f32)(float);
  double (*f64)(double);
  reference1 *reference;
  double range[4]; /* the f64 numbers are from ±[0, range[i]] */
} function1;

#define ROW(op, ...) {#op, grad_##op##_f32, grad_##op##_f64, ref_##op, {__VA_ARGS__}}
static const function1 functions1[] = {
  ROW(exp, 1, 30, 750), ROW(expm1, 0.5, 3, 60, 750), ROW(log, 2, 100, 1e300), ROW(log1p, 0.5, 2, 100, 1e300),
  ROW(sqrt, 2, 1e300), ROW(rsqrt, 2, 1e300),
  ROW(sin, 1, 10, 1e6, 1e300), ROW(cos, 1, 10, 1e6, 1e300), ROW(tan, 1, 10, 1e6, 1e300),
  ROW(asin, 0.6, 1), ROW(acos, 0.6, 1), ROW(atan, 0.5, 1, 3, 1e20),
  ROW(sinh, 1, 3, 25, 712), ROW(cosh, 1, 3, 25, 712), ROW(tanh, 0.5, 2, 22),
  ROW(erf, 1.1, 6.5), ROW(erfc, 1.1, 6.5, 27.5),
  ROW(sigmoid, 1, 40, 750), ROW(silu, 1, 40, 760), ROW(softplus, 1, 41, 750), ROW(gelu, 1, 8, 39),
  ROW(floor, 10, 1e10), ROW(ceil, 10, 1e10), ROW(round, 10, 1e10), ROW(abs, 1)};

typedef struct {
  const char *name;
  float (*f32)(float, float);
  double (*f64)(double, double);
  reference2 *reference;
} function2;
#define ROW2(op) {#op, grad_##op##_f32, grad_##op##_f64, ref_##op}
static const function2 functions2[] = {ROW2(pow), ROW2(atan2), ROW2(hypot), ROW2(remainder)};

static uint64_t state = 88172645463325252u;
static uint64_t bits64(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 0x2545f4914f6cdd1du;
}
static double uniform(void) { return (double)(bits64() >> 11) * 0x1p-53; }
static double random_double(void) {
  uint64_t bits = bits64();
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static mpfr_t exact, difference;

/* Error of `got` in ulps of the exact value; digits 24 or 53, least the least exponent of normal numbers. */
static double ulps(double got, int digits, int least, double largest) {
  long exponent;
  if (mpfr_nan_p(exact)) return isnan(got) ? 0 : INFINITY;
  if (isnan(got)) return INFINITY;
  if (mpfr_inf_p(exact)) return isinf(got) && (got > 0) == (mpfr_sgn(exact) > 0) ? 0 : INFINITY;
  if (isinf(got)) {
    /* from half an ulp past the largest number on infinity is the nearest; one ulp more is an error of one */
    mpfr_abs(difference, exact, MPFR_RNDN);
    if ((got > 0) != (mpfr_sgn(exact) > 0)) return INFINITY;
    return mpfr_cmp_d(difference, largest) >= 0 ? 0 : 1e9;
  }
  if (mpfr_zero_p(exact)) return got == 0 ? 0 : INFINITY;
  exponent = mpfr_get_exp(exact) - 1;
  if (exponent < least) exponent = least;
  if (exponent > -least + 1) exponent = -least + 1;
  mpfr_sub_d(difference, exact, got, MPFR_RNDN);
  mpfr_mul_2si(difference, difference, digits - 1 - exponent, MPFR_RNDN);
  return fabs(mpfr_get_d(difference, MPFR_RNDN));
}

static double worst32, worst64, at32[2], at64[2];

static void sample32(const function1 *f, float x, mpfr_t argument) {
  double error;
  mpfr_set_flt(argument, x, MPFR_RNDN);
  f->reference(exact, argument);
  error = ulps(f->f32(x), 24, -126, 0x1.fffffep127);
  if (!(error <= worst32)) worst32 = error, at32[0] = x;
}

static void sample64(const function1 *f, double x, mpfr_t argument) {
  double error;
  mpfr_set_d(argument, x, MPFR_RNDN);
  f->reference(exact, argument);
  error = ulps(f->f64(x), 53, -1022, 0x1.fffffffffffffp1023);
  if (!(error <= worst64)) worst64 = error, at64[0] = x;
}

static void pair32(const function2 *f, float a, float b, mpfr_t x, mpfr_t y) {
  double error;
  mpfr_set_flt(x, a, MPFR_RNDN);
  mpfr_set_flt(y, b, MPFR_RNDN);
  f->reference(exact, x, y);
  error = ulps(f->f32(a, b), 24, -126, 0x1.fffffep127);
  if (!(error <= worst32)) worst32 = error, at32[0] = a, at32[1] = b;
}

static void pair64(const function2 *f, double a, double b, mpfr_t x, mpfr_t y) {
  double error;
  mpfr_set_d(x, a, MPFR_RNDN);
  mpfr_set_d(y, b, MPFR_RNDN);
  f->reference(exact, x, y);
  error = ulps(f->f64(a, b), 53, -1022, 0x1.fffffffffffffp1023);
  if (!(error <= worst64)) worst64 = error, at64[0] = a, at64[1] = b;
}

/* Not where MPFR takes forever or has another sign of infinity than IEEE 754. */
static int is_usable(const char *name, double x) {
  if (strcmp(name, "gelu") == 0 || strncmp(name, "erf", 3) == 0) return fabs(x) < 1e4;
  return strcmp(name, "rsqrt") != 0 || x != 0;
}

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 60000;
  uint32_t stride = argc > 2 ? (uint32_t)atol(argv[2]) : 4099u;
  const char *only = argc > 3 ? argv[3] : NULL;
  mpfr_t x, y;
  mpfr_set_default_prec(precision);
  mpfr_inits(x, y, exact, difference, t, u, NULL);
  printf("| function | f32 | at | f64 | at |\n|---|---|---|---|---|\n");
  for (size_t i = 0; i < sizeof functions1 / sizeof functions1[0]; i++) {
    const function1 *f = &functions1[i];
    if (only && strcmp(only, f->name) != 0) continue;
    worst32 = worst64 = -1;
    for (uint64_t bits = 0; bits < (uint64_t)1 << 32; bits += stride) {
      uint32_t word = (uint32_t)bits;
      float value;
      memcpy(&value, &word, sizeof value);
      if (is_usable(f->name, value)) sample32(f, value, x);
    }
    for (int r = 0; r < 4 && f->range[r] != 0; r++) {
      double range = f->range[r];
      for (long n = 0; n < count; n++) {
        double value = (2 * uniform() - 1) * range;
        sample64(f, value, x);
        sample64(f, copysign(range * exp2(-60 * uniform()), value), x);
      }
    }
    for (long n = 0; n < count; n++) {
      double value = random_double();
      if (is_usable(f->name, value)) sample64(f, value, x);
    }
    /* near the multiples of π/4, of ln 2 / 2 and of 1/8, and near powers of two: where methods change */
    for (long n = 0; n < count; n++) {
      static const double unit[3] = {0x1.921fb54442d18p-1, 0x1.62e42fefa39efp-2, 0.125};
      double k = floor(uniform() * (n % 7 == 0 ? 100000 : 70));
      double value = unit[n % 3] * k * (1 + (uniform() - 0.5) * exp2(-50 * uniform()));
      if (n % 11 == 0) value = ldexp(1 + (uniform() - 0.5) * 0x1p-30, (int)(uniform() * 40) - 20);
      if (n & 1) value = -value;
      if (is_usable(f->name, value)) sample64(f, value, x), sample32(f, (float)value, x);
    }
    printf("| %s | %.3f | %.9g | %.3f | %.17g |\n", f->name, worst32, at32[0], worst64, at64[0]);
    fflush(stdout);
  }
  for (size_t i = 0; i < sizeof functions2 / sizeof functions2[0]; i++) {
    const function2 *f = &functions2[i];
    int is_power = strcmp(f->name, "pow") == 0;
    if (only && strcmp(only, f->name) != 0) continue;
    worst32 = worst64 = -1;
    for (long n = 0; n < 6 * count; n++) {
      double a = exp2((2 * uniform() - 1) * (n % 3 == 0 ? 1070 : n % 3 == 1 ? 40 : 2));
      double b = exp2((2 * uniform() - 1) * (n % 4 == 0 ? 1070 : n % 4 == 1 ? 40 : 2));
      double c, d;
      if (n % 5 == 0) a = 1 + (uniform() - 0.5) * exp2(-50 * uniform());
      c = exp2((2 * uniform() - 1) * (n % 3 == 0 ? 148 : n % 3 == 1 ? 20 : 2));
      d = exp2((2 * uniform() - 1) * (n % 4 == 0 ? 148 : n % 4 == 1 ? 20 : 2));
      if (n % 7 == 0) c = 1 + (uniform() - 0.5) * exp2(-20 * uniform());
      if (is_power && n % 2) b = uniform() * 1075 / fabs(log2(a)), d = uniform() * 150 / fabs(log2(c));
      if (is_power && n % 13 == 0) b = floor(b), d = floor(d);
      if (bits64() & 1) b = -b, d = -d;
      if (bits64() & 1 && (!is_power || n % 13 == 0)) a = -a, c = -c;
      pair64(f, a, b, x, y);
      pair32(f, (float)c, (float)d, x, y);
    }
    printf("| %s | %.3f | %.9g, %.9g | %.3f | %.17g, %.17g |\n", f->name, worst32, at32[0], at32[1], worst64, at64[0], at64[1]);
    fflush(stdout);
  }
  return 0;
}
