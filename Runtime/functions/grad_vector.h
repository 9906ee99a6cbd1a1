#ifndef GRAD_VECTOR_H
#define GRAD_VECTOR_H
#include "grad_base.h"

/*
  Vectors of the length that the processor has, for the matrix products: 64 bytes with AVX-512, 32 with AVX2 and its fused
  multiply-add, 16 on 64-bit ARM; elsewhere, and for compilers without vector types, a vector is one number. The versions that are
  chosen when a program starts set GRAD_VECTOR_BYTES; code for one processor takes what its compiler is told to use.
*/

/* runtime: grad_vector requires grad_compiler */
#if !defined(GRAD_VECTOR_BYTES) && defined(__GNUC__)
#if defined(__AVX512F__)
#define GRAD_VECTOR_BYTES 64
#elif defined(__AVX2__) && defined(__FMA__)
#define GRAD_VECTOR_BYTES 32
#elif defined(__aarch64__)
#define GRAD_VECTOR_BYTES 16
#endif
#endif
#if !defined(GRAD_VECTOR_BYTES)
#define GRAD_VECTOR_BYTES 0
#elif GRAD_VECTOR_BYTES >= 32
#include <immintrin.h>
#elif GRAD_VECTOR_BYTES == 16
#include <arm_neon.h>
#endif
/* An address in a register of its own: compilers make each row's from that of the row before, an addition that stands in the way of products. */
#if defined(__GNUC__) && GRAD_VECTOR_BYTES
#define GRAD_OWN_ADDRESS(pointer) __asm__("" : "+r"(pointer))
#else
#define GRAD_OWN_ADDRESS(pointer) (void)(pointer)
#endif
/* A loop that stays one. With 16 registers gcc makes straight statements of a row whose length it knows and asks for its numbers out of their order:
   a matrix that comes from memory took 1.4 times as long. */
#if defined(__GNUC__) && !defined(__clang__) && GRAD_VECTOR_BYTES == 32
#define GRAD_ROLLED _Pragma("GCC unroll 1")
#else
#define GRAD_ROLLED
#endif
/* The rows of a tile of two vectors: as many as leave registers for its operands. */
#define GRAD_TILE_ROWS (GRAD_VECTOR_BYTES == 32 ? 6 : 12)
/* A panel of columns has so many vectors, and its tile so many rows. With registers enough a tile of four vectors by half of the rows loads less for as
   many products: a core that runs two threads shares its loads, and the instructions it takes up, between them. */
#define GRAD_PANEL_VECTORS (GRAD_VECTOR_BYTES == 64 ? 4 : 2)
#define GRAD_PANEL_ROWS (GRAD_VECTOR_BYTES >= 32 ? 6 : 12)
/* So many panels of 256 values of k are copied at a time: 256 KB where vectors have 32 bytes or 64, 16 KB with 16. */
#define GRAD_PANELS (GRAD_VECTOR_BYTES == 32 ? 16 : GRAD_VECTOR_BYTES == 64 ? 4 : 2)
/* Of a block that is copied while the one before it is read, so many, and so many lines of the cache has a row of them. */
#define GRAD_AHEAD_PANELS (GRAD_VECTOR_BYTES == 64 ? 2 : 4)
#define GRAD_AHEAD_LINES (GRAD_VECTOR_BYTES == 64 ? 8 : 4)
/* How far apart, a power of two, the lines are that are asked for ahead of numbers that are read in their order. Intel's second cache goes on
   from each by itself, and takes more at once than the few requests that the first may have open; AMD's, where the compiler knows it, and others
   are asked for every line. */
#if defined(GRAD_AHEAD_BYTES)
#elif !defined(__x86_64__) || defined(__znver1__) || defined(__znver2__) || defined(__znver3__) || defined(__znver4__) || defined(__znver5__)
#define GRAD_AHEAD_BYTES 64
#else
#define GRAD_AHEAD_BYTES 512
#endif
/* So many tiles of rows pass a panel before the next one's turn. */
#define GRAD_BAND_TILES (GRAD_VECTOR_BYTES == 32 ? 8 : GRAD_VECTOR_BYTES == 64 ? 2 : 1)
/* end */

/* Sixteen numbers, past the caches where y begins with a line of them. Other threads see them after grad_stream_end. */
/* runtime: grad_stream_line_f32 requires grad_vector */
static inline void grad_stream_line_f32(float *y, const float *x) {
  int64_t i;
#if GRAD_VECTOR_BYTES == 64
  if (((uintptr_t)y & 63) == 0) {
    _mm512_stream_ps(y, _mm512_loadu_ps(x));
    return;
  }
#elif GRAD_VECTOR_BYTES == 32
  if (((uintptr_t)y & 63) == 0) {
    _mm256_stream_ps(y, _mm256_loadu_ps(x));
    _mm256_stream_ps(y + 8, _mm256_loadu_ps(x + 8));
    return;
  }
#endif
  for (i = 0; i < 16; i++) y[i] = x[i];
}
/* end */

/* runtime: grad_stream_line_f64 requires grad_vector */
static inline void grad_stream_line_f64(double *y, const double *x) {
  int64_t i;
#if GRAD_VECTOR_BYTES == 64
  if (((uintptr_t)y & 63) == 0) {
    _mm512_stream_pd(y, _mm512_loadu_pd(x));
    _mm512_stream_pd(y + 8, _mm512_loadu_pd(x + 8));
    return;
  }
#elif GRAD_VECTOR_BYTES == 32
  if (((uintptr_t)y & 63) == 0) {
    for (i = 0; i < 16; i += 4) _mm256_stream_pd(y + i, _mm256_loadu_pd(x + i));
    return;
  }
#endif
  for (i = 0; i < 16; i++) y[i] = x[i];
}
/* end */

/* How many of the rows that are left the next tile takes. */
/* runtime: grad_matrix_tile_rows */
static inline int64_t grad_matrix_tile_rows(int64_t left, int64_t most) {
  if (most == 4) return left < 4 ? left : 4;
  if (most == 6) return left <= 6 ? left : left < 11 ? (left + 1) / 2 : 6;
  /* Of one vector; tiles of all heights but 13 to 15. */
  if (most == 16) return left <= 12 || left == 16 ? left : left < 16 ? 8 : left <= 24 ? (left + 1) / 2 : 16;
  if (left <= 6 || left == 8 || left == 12) return left;
  if (left <= 11) return (left + 1) / 2;
  return left <= 16 ? 8 : 12;
}
/* end */

/* The rows of the highest tile of so many vectors. */
/* runtime: grad_matrix_most_rows requires grad_vector */
static inline int64_t grad_matrix_most_rows(int rule, int64_t vectors) {
  if (rule) return 4;
  return GRAD_TILE_ROWS == 6 || vectors > 2 ? 6 : vectors == 2 ? 12 : 16;
}
/* end */

/* How many of the rows that are left the next band takes. */
/* runtime: grad_matrix_band_rows requires grad_vector grad_matrix_tile_rows */
static inline int64_t grad_matrix_band_rows(int64_t left, int64_t most) {
  if (GRAD_BAND_TILES == 1) return grad_matrix_tile_rows(left, most);
  return left < GRAD_BAND_TILES * most ? left : GRAD_BAND_TILES * most;
}
/* end */

/* `part` is the first n numbers, the others are 0, of fma z; `nonzero` is x where y is not 0, else +0. The lanes of a sum are grad_sum.h's. */
/* runtime: grad_vector_f32 requires grad_vector grad_fma_f32 */
#define GRAD_SUM_LANES_F32 16
#if GRAD_VECTOR_BYTES == 64
#define GRAD_LANES_F32 16
typedef __m512 grad_vector_f32;
#define grad_vector_load_f32(p) _mm512_loadu_ps(p)
#define grad_vector_load_part_f32(p, n) _mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1u), p)
#define grad_vector_store_f32(p, x) _mm512_storeu_ps(p, x)
#define grad_vector_store_part_f32(p, n, x) _mm512_mask_storeu_ps(p, (__mmask16)((1u << (n)) - 1u), x)
#define grad_vector_all_f32(x) _mm512_set1_ps(x)
#define grad_vector_add_f32(x, y) _mm512_add_ps(x, y)
#define grad_vector_fma_f32(x, y, z) _mm512_fmadd_ps(x, y, z)
#define grad_vector_fma_part_f32(n, x, y, z) _mm512_mask3_fmadd_ps(x, y, z, (__mmask16)((1u << (n)) - 1u))
#define grad_vector_quads_f32(p, s) \
  _mm512_insertf32x4(_mm512_insertf32x4(_mm512_insertf32x4(_mm512_castps128_ps512(_mm_loadu_ps(p)), _mm_loadu_ps((p) + (s)), 1), \
                                        _mm_loadu_ps((p) + 2 * (s)), 2), _mm_loadu_ps((p) + 3 * (s)), 3)
#define grad_vector_low_f32(x, y) _mm512_unpacklo_ps(x, y)
#define grad_vector_high_f32(x, y) _mm512_unpackhi_ps(x, y)
#define grad_vector_low_pair_f32(x, y) _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(x), _mm512_castps_pd(y)))
#define grad_vector_high_pair_f32(x, y) _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(x), _mm512_castps_pd(y)))
#define grad_vector_nonzero_f32(x, y) _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(y, _mm512_setzero_ps(), _CMP_NEQ_UQ), x)
#elif GRAD_VECTOR_BYTES == 32
#define GRAD_LANES_F32 8
typedef __m256 grad_vector_f32;
/* A store with a mask takes some processors ten times as long as these. */
static inline void grad_vector_store_part_f32(float *p, int64_t n, grad_vector_f32 x) {
  __m128 rest = _mm256_castps256_ps128(x);
  if (n == 8) {
    _mm256_storeu_ps(p, x);
    return;
  }
  if (n & 4) {
    _mm_storeu_ps(p, rest);
    rest = _mm256_extractf128_ps(x, 1);
    p += 4;
  }
  if (n & 2) {
    _mm_storel_pi((__m64 *)p, rest);
    rest = _mm_movehl_ps(rest, rest);
    p += 2;
  }
  if (n & 1) _mm_store_ss(p, rest);
}
#define grad_vector_part_f32(n) _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
#define grad_vector_load_f32(p) _mm256_loadu_ps(p)
#define grad_vector_load_part_f32(p, n) _mm256_maskload_ps(p, grad_vector_part_f32(n))
#define grad_vector_store_f32(p, x) _mm256_storeu_ps(p, x)
#define grad_vector_all_f32(x) _mm256_set1_ps(x)
#define grad_vector_add_f32(x, y) _mm256_add_ps(x, y)
#define grad_vector_fma_f32(x, y, z) _mm256_fmadd_ps(x, y, z)
#define grad_vector_fma_part_f32(n, x, y, z) _mm256_blendv_ps(z, _mm256_fmadd_ps(x, y, z), _mm256_castsi256_ps(grad_vector_part_f32(n)))
#define grad_vector_quads_f32(p, s) _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p)), _mm_loadu_ps((p) + (s)), 1)
#define grad_vector_low_f32(x, y) _mm256_unpacklo_ps(x, y)
#define grad_vector_high_f32(x, y) _mm256_unpackhi_ps(x, y)
#define grad_vector_low_pair_f32(x, y) _mm256_castpd_ps(_mm256_unpacklo_pd(_mm256_castps_pd(x), _mm256_castps_pd(y)))
#define grad_vector_high_pair_f32(x, y) _mm256_castpd_ps(_mm256_unpackhi_pd(_mm256_castps_pd(x), _mm256_castps_pd(y)))
#define grad_vector_nonzero_f32(x, y) _mm256_and_ps(x, _mm256_cmp_ps(y, _mm256_setzero_ps(), _CMP_NEQ_UQ))
#elif GRAD_VECTOR_BYTES == 16
#define GRAD_LANES_F32 4
typedef float32x4_t grad_vector_f32;
static inline grad_vector_f32 grad_vector_load_part_f32(const float *p, int64_t n) {
  float x[4] = {0.0f, 0.0f, 0.0f, 0.0f};
  int64_t i;
  if (n == 4) return vld1q_f32(p);
  for (i = 0; i < n; i++) x[i] = p[i];
  return vld1q_f32(x);
}
static inline void grad_vector_store_part_f32(float *p, int64_t n, grad_vector_f32 x) {
  int64_t i;
  if (n == 4) vst1q_f32(p, x);
  else for (i = 0; i < n; i++) p[i] = x[i];
}
static inline grad_vector_f32 grad_vector_first_f32(int64_t n, grad_vector_f32 x, grad_vector_f32 z) {
  int64_t i;
  for (i = 0; i < n; i++) z[i] = x[i];
  return z;
}
#define grad_vector_load_f32(p) vld1q_f32(p)
#define grad_vector_store_f32(p, x) vst1q_f32(p, x)
#define grad_vector_all_f32(x) vdupq_n_f32(x)
#define grad_vector_add_f32(x, y) vaddq_f32(x, y)
#define grad_vector_fma_f32(x, y, z) vfmaq_f32(z, x, y)
#define grad_vector_fma_part_f32(n, x, y, z) grad_vector_first_f32(n, vfmaq_f32(z, x, y), z)
#define grad_vector_quads_f32(p, s) ((void)(s), vld1q_f32(p))
#define grad_vector_low_f32(x, y) vzip1q_f32(x, y)
#define grad_vector_high_f32(x, y) vzip2q_f32(x, y)
#define grad_vector_low_pair_f32(x, y) vreinterpretq_f32_f64(vzip1q_f64(vreinterpretq_f64_f32(x), vreinterpretq_f64_f32(y)))
#define grad_vector_high_pair_f32(x, y) vreinterpretq_f32_f64(vzip2q_f64(vreinterpretq_f64_f32(x), vreinterpretq_f64_f32(y)))
#define grad_vector_nonzero_f32(x, y) vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(x), vceqzq_f32(y)))
#else
#define GRAD_LANES_F32 1
typedef float grad_vector_f32;
#define grad_vector_load_f32(p) (*(p))
#define grad_vector_load_part_f32(p, n) ((void)(n), *(p))
#define grad_vector_store_f32(p, x) (*(p) = (x))
#define grad_vector_store_part_f32(p, n, x) ((void)(n), *(p) = (x))
#define grad_vector_all_f32(x) (x)
#define grad_vector_add_f32(x, y) ((x) + (y))
#define grad_vector_fma_f32(x, y, z) grad_fma_f32(x, y, z)
#define grad_vector_fma_part_f32(n, x, y, z) ((void)(n), grad_fma_f32(x, y, z))
#define grad_vector_nonzero_f32(x, y) ((y) == 0.0f ? 0.0f : (x))
#endif
/* end */

/* runtime: grad_vector_f64 requires grad_vector grad_fma_f64 */
#define GRAD_SUM_LANES_F64 8
#if GRAD_VECTOR_BYTES == 64
#define GRAD_LANES_F64 8
typedef __m512d grad_vector_f64;
#define grad_vector_load_f64(p) _mm512_loadu_pd(p)
#define grad_vector_load_part_f64(p, n) _mm512_maskz_loadu_pd((__mmask8)((1u << (n)) - 1u), p)
#define grad_vector_store_f64(p, x) _mm512_storeu_pd(p, x)
#define grad_vector_store_part_f64(p, n, x) _mm512_mask_storeu_pd(p, (__mmask8)((1u << (n)) - 1u), x)
#define grad_vector_all_f64(x) _mm512_set1_pd(x)
#define grad_vector_add_f64(x, y) _mm512_add_pd(x, y)
#define grad_vector_fma_f64(x, y, z) _mm512_fmadd_pd(x, y, z)
#define grad_vector_fma_part_f64(n, x, y, z) _mm512_mask3_fmadd_pd(x, y, z, (__mmask8)((1u << (n)) - 1u))
#define grad_vector_pairs_f64(p, s) \
  _mm512_insertf64x2(_mm512_insertf64x2(_mm512_insertf64x2(_mm512_castpd128_pd512(_mm_loadu_pd(p)), _mm_loadu_pd((p) + (s)), 1), \
                                        _mm_loadu_pd((p) + 2 * (s)), 2), _mm_loadu_pd((p) + 3 * (s)), 3)
#define grad_vector_low_f64(x, y) _mm512_unpacklo_pd(x, y)
#define grad_vector_high_f64(x, y) _mm512_unpackhi_pd(x, y)
#define grad_vector_nonzero_f64(x, y) _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(y, _mm512_setzero_pd(), _CMP_NEQ_UQ), x)
#elif GRAD_VECTOR_BYTES == 32
#define GRAD_LANES_F64 4
typedef __m256d grad_vector_f64;
static inline void grad_vector_store_part_f64(double *p, int64_t n, grad_vector_f64 x) {
  __m128d rest = _mm256_castpd256_pd128(x);
  if (n == 4) {
    _mm256_storeu_pd(p, x);
    return;
  }
  if (n & 2) {
    _mm_storeu_pd(p, rest);
    rest = _mm256_extractf128_pd(x, 1);
    p += 2;
  }
  if (n & 1) _mm_store_sd(p, rest);
}
#define grad_vector_part_f64(n) _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3))
#define grad_vector_load_f64(p) _mm256_loadu_pd(p)
#define grad_vector_load_part_f64(p, n) _mm256_maskload_pd(p, grad_vector_part_f64(n))
#define grad_vector_store_f64(p, x) _mm256_storeu_pd(p, x)
#define grad_vector_all_f64(x) _mm256_set1_pd(x)
#define grad_vector_add_f64(x, y) _mm256_add_pd(x, y)
#define grad_vector_fma_f64(x, y, z) _mm256_fmadd_pd(x, y, z)
#define grad_vector_fma_part_f64(n, x, y, z) _mm256_blendv_pd(z, _mm256_fmadd_pd(x, y, z), _mm256_castsi256_pd(grad_vector_part_f64(n)))
#define grad_vector_pairs_f64(p, s) _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(p)), _mm_loadu_pd((p) + (s)), 1)
#define grad_vector_low_f64(x, y) _mm256_unpacklo_pd(x, y)
#define grad_vector_high_f64(x, y) _mm256_unpackhi_pd(x, y)
#define grad_vector_nonzero_f64(x, y) _mm256_and_pd(x, _mm256_cmp_pd(y, _mm256_setzero_pd(), _CMP_NEQ_UQ))
#elif GRAD_VECTOR_BYTES == 16
#define GRAD_LANES_F64 2
typedef float64x2_t grad_vector_f64;
static inline grad_vector_f64 grad_vector_load_part_f64(const double *p, int64_t n) {
  double x[2] = {0.0, 0.0};
  int64_t i;
  if (n == 2) return vld1q_f64(p);
  for (i = 0; i < n; i++) x[i] = p[i];
  return vld1q_f64(x);
}
static inline void grad_vector_store_part_f64(double *p, int64_t n, grad_vector_f64 x) {
  int64_t i;
  if (n == 2) vst1q_f64(p, x);
  else for (i = 0; i < n; i++) p[i] = x[i];
}
static inline grad_vector_f64 grad_vector_first_f64(int64_t n, grad_vector_f64 x, grad_vector_f64 z) {
  int64_t i;
  for (i = 0; i < n; i++) z[i] = x[i];
  return z;
}
#define grad_vector_load_f64(p) vld1q_f64(p)
#define grad_vector_store_f64(p, x) vst1q_f64(p, x)
#define grad_vector_all_f64(x) vdupq_n_f64(x)
#define grad_vector_add_f64(x, y) vaddq_f64(x, y)
#define grad_vector_fma_f64(x, y, z) vfmaq_f64(z, x, y)
#define grad_vector_fma_part_f64(n, x, y, z) grad_vector_first_f64(n, vfmaq_f64(z, x, y), z)
#define grad_vector_pairs_f64(p, s) ((void)(s), vld1q_f64(p))
#define grad_vector_low_f64(x, y) vzip1q_f64(x, y)
#define grad_vector_high_f64(x, y) vzip2q_f64(x, y)
#define grad_vector_nonzero_f64(x, y) vreinterpretq_f64_u64(vbicq_u64(vreinterpretq_u64_f64(x), vceqzq_f64(y)))
#else
#define GRAD_LANES_F64 1
typedef double grad_vector_f64;
#define grad_vector_load_f64(p) (*(p))
#define grad_vector_load_part_f64(p, n) ((void)(n), *(p))
#define grad_vector_store_f64(p, x) (*(p) = (x))
#define grad_vector_store_part_f64(p, n, x) ((void)(n), *(p) = (x))
#define grad_vector_all_f64(x) (x)
#define grad_vector_add_f64(x, y) ((x) + (y))
#define grad_vector_fma_f64(x, y, z) grad_fma_f64(x, y, z)
#define grad_vector_fma_part_f64(n, x, y, z) ((void)(n), grad_fma_f64(x, y, z))
#define grad_vector_nonzero_f64(x, y) ((y) == 0.0 ? 0.0 : (x))
#endif
/* end */

/* GRAD_STEP numbers of each of as many rows as a vector has lanes: y[k] is the k-th number of every row. */
/* runtime: grad_vector_transpose_f32 requires grad_vector_f32 */
#define GRAD_STEP_F32 (GRAD_VECTOR_BYTES ? 4 : 1)
static inline GRAD_INLINE void grad_vector_transpose_f32(const float *rows, int64_t row, grad_vector_f32 *y) {
#if GRAD_VECTOR_BYTES
  grad_vector_f32 r0 = grad_vector_quads_f32(rows, 4 * row), r1 = grad_vector_quads_f32(rows + row, 4 * row);
  grad_vector_f32 r2 = grad_vector_quads_f32(rows + 2 * row, 4 * row), r3 = grad_vector_quads_f32(rows + 3 * row, 4 * row);
  grad_vector_f32 low01 = grad_vector_low_f32(r0, r1), low23 = grad_vector_low_f32(r2, r3);
  grad_vector_f32 high01 = grad_vector_high_f32(r0, r1), high23 = grad_vector_high_f32(r2, r3);
  y[0] = grad_vector_low_pair_f32(low01, low23);
  y[1] = grad_vector_high_pair_f32(low01, low23);
  y[2] = grad_vector_low_pair_f32(high01, high23);
  y[3] = grad_vector_high_pair_f32(high01, high23);
#else
  y[0] = *rows;
  (void)row;
#endif
}
/* end */

/* runtime: grad_vector_transpose_f64 requires grad_vector_f64 */
#define GRAD_STEP_F64 (GRAD_VECTOR_BYTES ? 2 : 1)
static inline GRAD_INLINE void grad_vector_transpose_f64(const double *rows, int64_t row, grad_vector_f64 *y) {
#if GRAD_VECTOR_BYTES
  grad_vector_f64 r0 = grad_vector_pairs_f64(rows, 2 * row), r1 = grad_vector_pairs_f64(rows + row, 2 * row);
  y[0] = grad_vector_low_f64(r0, r1);
  y[1] = grad_vector_high_f64(r0, r1);
#else
  y[0] = *rows;
  (void)row;
#endif
}
/* end */
#endif
