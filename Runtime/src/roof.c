#include "../include/GradRuntime.h"

/*
  What the processor can do at most: chains of fused multiply-adds in registers, as many as keep its units busy. For measuring only:
  nothing that computes a model calls this.
*/
#define CHAINS 12
#define GRAD_ROOF(name, type, bytes, attributes)                                    \
  attributes static int64_t name(int64_t rounds, type *result) {                    \
    _Pragma("clang fp contract(fast)")                                              \
    typedef type vector __attribute__((vector_size(bytes)));                        \
    vector sum[CHAINS];                                                             \
    const vector factor = (vector){0} + (type)0.999;                                \
    for (int k = 0; k < CHAINS; k++) sum[k] = (vector){0} + (type)k;                \
    for (int64_t i = 0; i < rounds; i++) {                                          \
      _Pragma("clang loop unroll(full)")                                            \
      for (int k = 0; k < CHAINS; k++) sum[k] = sum[k] * factor + factor;           \
    }                                                                               \
    for (int k = 1; k < CHAINS; k++) sum[0] += sum[k];                              \
    *result = sum[0][0];                                                            \
    return rounds * CHAINS * 2 * (int64_t)(bytes / sizeof(type));                   \
  }

GRAD_ROOF(roof_f32, float, 16, )
GRAD_ROOF(roof_f64, double, 16, )
#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f")))
GRAD_ROOF(roof_avx2_f32, float, 32, AVX2)
GRAD_ROOF(roof_avx2_f64, double, 32, AVX2)
GRAD_ROOF(roof_avx512_f32, float, 64, AVX512)
GRAD_ROOF(roof_avx512_f64, double, 64, AVX512)
#endif

int64_t grad_roof_f32(int64_t rounds, float *result) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return roof_avx512_f32(rounds, result);
  if (__builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2")) return roof_avx2_f32(rounds, result);
#endif
  return roof_f32(rounds, result);
}

int64_t grad_roof_f64(int64_t rounds, double *result) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return roof_avx512_f64(rounds, result);
  if (__builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2")) return roof_avx2_f64(rounds, result);
#endif
  return roof_f64(rounds, result);
}

void grad_roof_triad(int64_t n, float *a, const float *b, const float *c) {
  for (int64_t i = 0; i < n; i++) a[i] = b[i] + 3.0f * c[i];
}
