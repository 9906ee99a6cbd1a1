/*
  One line a function: its name and a hash of its results for many arguments, special ones among them. All compilers, with and
  without optimisation and hardware fma, and the extern versions of the library (-DGRAD_EXTERN) must print the same.

    make -C benchmarks/accuracy agree
*/
#include <stdint.h>
#include <stdio.h>
#if defined(GRAD_EXTERN)
#include "../../Runtime/include/GradRuntime.h"
#else
#include "../../Runtime/functions/all.h"
#endif

enum { count = 20000 };

static uint64_t state;

static uint64_t random64(void) {
  uint64_t z;
  state += ((uint64_t)0x9e3779b9 << 32) | 0x7f4a7c15u;
  z = state;
  z = (z ^ (z >> 30)) * (((uint64_t)0xbf58476d << 32) | 0x1ce4e5b9u);
  z = (z ^ (z >> 27)) * (((uint64_t)0x94d049bb << 32) | 0x133111ebu);
  return z ^ (z >> 31);
}

typedef union {
  double value;
  uint64_t bits;
} pun64;

typedef union {
  float value;
  uint32_t bits;
} pun32;

/* A third are random bits, a third of moderate size, a third special or small integers and halves. */
static double argument64(void) {
  static const uint32_t special[12] = {0x00000000u, 0x80000000u, 0x7ff00000u, 0xfff00000u, 0x7ff80000u, 0x00100000u,
                                       0x3ff00000u, 0xbff00000u, 0x3fe00000u, 0x7fefffffu, 0x40862e42u, 0xc0874910u};
  pun64 x;
  uint64_t r = random64();
  x.bits = random64();
  switch (r % 6u) {
    case 0: case 1: break;
    case 2: x.bits = (x.bits & ~((uint64_t)0x7ff << 52)) | ((uint64_t)(1015u + (r >> 8) % 14u) << 52); break;
    case 3: x.bits = (x.bits & ~((uint64_t)0x7ff << 52)) | ((uint64_t)(980u + (r >> 8) % 90u) << 52); break;
    case 4: x.bits = (uint64_t)special[(r >> 8) % 12u] << 32; break;
    default: x.value = (double)(int32_t)((r >> 8) % 81u) * 0.5 - 20.0; break;
  }
  return x.value;
}

static float argument32(void) {
  pun32 x;
  uint64_t r = random64();
  if (r % 2u) return (float)argument64();
  x.bits = (uint32_t)(r >> 32);
  return x.value;
}

static uint64_t hash;

static void mix(uint64_t bits) { hash = (hash ^ bits) * (((uint64_t)0x100 << 32) | 0x1b3u); }

static void mix_f64(double value) {
  pun64 x;
  x.value = value;
  mix(value == value ? x.bits : 1u);
}

static void mix_f32(float value) {
  pun32 x;
  x.value = value;
  mix(value == value ? x.bits : 1u);
}

static void begin(void) {
  state = 20260101u;
  hash = 14695981039346656037u;
}

static void end(const char *name) { printf("%s %08x%08x\n", name, (unsigned)(hash >> 32), (unsigned)(hash & 0xffffffffu)); }

static float f32s[6000];
static double f64s[6000];

#define EACH(name, statement) do { int i; begin(); for (i = 0; i < count; i++) { statement; } end(#name); } while (0)
#define UNARY(op) \
  EACH(grad_##op##_f32, mix_f32(grad_##op##_f32(argument32()))); \
  EACH(grad_##op##_f64, mix_f64(grad_##op##_f64(argument64())))
#define BINARY(op) \
  EACH(grad_##op##_f32, float a = argument32(); mix_f32(grad_##op##_f32(a, argument32()))); \
  EACH(grad_##op##_f64, double a = argument64(); mix_f64(grad_##op##_f64(a, argument64())))
#define INTEGER_BINARY(op) \
  EACH(grad_##op##_i32, int32_t a = (int32_t)(random64() >> 40); mix((uint64_t)grad_##op##_i32(a - 8388608, (int32_t)(random64() % 99u) - 49))); \
  EACH(grad_##op##_i64, int64_t a = (int64_t)random64(); mix((uint64_t)grad_##op##_i64(a, (int64_t)(random64() % 99u) - 49)))
#define STRIDED(suffix, numbers) do { \
    int n; \
    begin(); \
    for (n = 0; n < 2500; n += 1 + n / 7) { \
      mix_##suffix(grad_sum_strided_##suffix(n, numbers, 1)); \
      mix_##suffix(grad_sum_strided_##suffix(n, numbers, 2)); \
      mix_##suffix(grad_dot_strided_##suffix(n, numbers, 1, numbers + 7, 1)); \
      mix_##suffix(grad_dot_strided_##suffix(n, numbers, 2, numbers + 7, 1)); \
      mix_##suffix(grad_annihilating_dot_strided_##suffix(n, numbers, 1, numbers + 7, 1)); \
      mix_##suffix(grad_product_strided_##suffix(n, numbers, 1, numbers + 7, 2)); \
      mix_##suffix(grad_annihilating_product_strided_##suffix(n, numbers, 1, numbers + 7, 1)); \
    } \
    end("reductions_" #suffix); \
  } while (0)

#define MATRICES(suffix, type, numbers) do { \
    static type result[400]; \
    int n; \
    begin(); \
    for (n = 0; n < 60; n++) { \
      int rows = n % 19 + 1, columns = n % 7 * 3 + 1, depth = n * 11 % 300, i; \
      int tall = n & 1, wide = n >> 1 & 1; \
      grad_matrix_product_##suffix(rows, columns, depth, numbers, tall ? 1 : 17, tall ? 17 : 1, numbers + 3, wide ? 1 : 15, \
                                   wide ? 15 : 1, result, columns, 1); \
      for (i = 0; i < rows * columns; i++) mix_##suffix(result[i]); \
      grad_annihilating_matrix_product_##suffix(rows, columns, depth, numbers, tall ? 1 : 17, tall ? 17 : 1, numbers + 3, \
                                                wide ? 1 : 15, wide ? 15 : 1, result, 1, rows); \
      for (i = 0; i < rows * columns; i++) mix_##suffix(result[i]); \
    } \
    end("matrices_" #suffix); \
  } while (0)

int main(void) {
  int j;
  UNARY(exp); UNARY(expm1); UNARY(log); UNARY(log1p); UNARY(sqrt); UNARY(rsqrt); UNARY(sin); UNARY(cos); UNARY(tan); UNARY(asin);
  UNARY(acos); UNARY(atan); UNARY(sinh); UNARY(cosh); UNARY(tanh); UNARY(erf); UNARY(erfc); UNARY(sigmoid); UNARY(softplus);
  UNARY(gelu); UNARY(silu); UNARY(floor); UNARY(ceil); UNARY(round); UNARY(abs); UNARY(sign); UNARY(relu);
  BINARY(pow); BINARY(atan2); BINARY(hypot); BINARY(max); BINARY(min); BINARY(remainder); BINARY(floor_divide);
  BINARY(annihilating_multiply);
  INTEGER_BINARY(max); INTEGER_BINARY(min); INTEGER_BINARY(remainder); INTEGER_BINARY(floor_divide); INTEGER_BINARY(pow);
  EACH(grad_fma_f32, float a = argument32(); float b = argument32(); mix_f32(grad_fma_f32(a, b, argument32())));
  EACH(grad_fma_f64, double a = argument64(); double b = argument64(); mix_f64(grad_fma_f64(a, b, argument64())));
  EACH(grad_f32_to_i32, mix((uint64_t)grad_f32_to_i32(argument32())));
  EACH(grad_f32_to_i64, mix((uint64_t)grad_f32_to_i64(argument32())));
  EACH(grad_f64_to_i32, mix((uint64_t)grad_f64_to_i32(argument64())));
  EACH(grad_f64_to_i64, mix((uint64_t)grad_f64_to_i64(argument64())));
  for (j = 0; j < 6000; j++) {
    f64s[j] = (double)(int64_t)(random64() >> 11) * 0x1p-52 - 1.0;
    f32s[j] = (float)f64s[j];
    if (j % 17 == 0) f64s[j] = 0.0, f32s[j] = 0.0f;
  }
  STRIDED(f32, f32s);
  STRIDED(f64, f64s);
  MATRICES(f32, float, f32s);
  MATRICES(f64, double, f64s);
  return 0;
}
