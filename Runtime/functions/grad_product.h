#ifndef GRAD_PRODUCT_H
#define GRAD_PRODUCT_H
#include "grad_base.h"
#include "grad_sum.h"

/*
  The sums of a contraction, Σ_k a_k b_k, in the order that lets a matrix product keep a tile of results in registers: k in
  order; within a block of 256 values of k a chain of fused multiply-adds from +0; the blocks added in order, the first as it is.
*/

/* runtime: grad_product_begin_f32 requires grad_product_f32 */
static inline void grad_product_begin_f32(grad_product_f32 *s) {
  s->count = 0;
  s->block = 0.0f;
  s->total = 0.0f;
}
/* end */

/* runtime: grad_product_step_f32 requires grad_product_f32 */
static inline void grad_product_step_f32(grad_product_f32 *s) {
  s->count += 1;
  if (s->count & 255) return;
  s->total = s->count == 256 ? s->block : s->total + s->block;
  s->block = 0.0f;
}
/* end */

/* runtime: grad_product_add_f32 requires grad_product_f32 grad_product_step_f32 grad_fma_f32 */
static inline void grad_product_add_f32(grad_product_f32 *s, float a, float b) {
  s->block = grad_fma_f32(a, b, s->block);
  grad_product_step_f32(s);
}
/* end */

/* runtime: grad_product_annihilating_add_f32 requires grad_product_f32 grad_product_step_f32 grad_annihilating_fma_f32 */
static inline void grad_product_annihilating_add_f32(grad_product_f32 *s, float a, float b) {
  s->block = grad_annihilating_fma_f32(a, b, s->block);
  grad_product_step_f32(s);
}
/* end */

/* runtime: grad_product_end_f32 requires grad_product_f32 */
static inline float grad_product_end_f32(grad_product_f32 *s) {
  if (!(s->count & 255)) return s->total;
  return s->count < 256 ? s->block : s->total + s->block;
}
/* end */


/* runtime: grad_product_begin_f64 requires grad_product_f64 */
static inline void grad_product_begin_f64(grad_product_f64 *s) {
  s->count = 0;
  s->block = 0.0;
  s->total = 0.0;
}
/* end */

/* runtime: grad_product_step_f64 requires grad_product_f64 */
static inline void grad_product_step_f64(grad_product_f64 *s) {
  s->count += 1;
  if (s->count & 255) return;
  s->total = s->count == 256 ? s->block : s->total + s->block;
  s->block = 0.0;
}
/* end */

/* runtime: grad_product_add_f64 requires grad_product_f64 grad_product_step_f64 grad_fma_f64 */
static inline void grad_product_add_f64(grad_product_f64 *s, double a, double b) {
  s->block = grad_fma_f64(a, b, s->block);
  grad_product_step_f64(s);
}
/* end */

/* runtime: grad_product_annihilating_add_f64 requires grad_product_f64 grad_product_step_f64 grad_annihilating_fma_f64 */
static inline void grad_product_annihilating_add_f64(grad_product_f64 *s, double a, double b) {
  s->block = grad_annihilating_fma_f64(a, b, s->block);
  grad_product_step_f64(s);
}
/* end */

/* runtime: grad_product_end_f64 requires grad_product_f64 */
static inline double grad_product_end_f64(grad_product_f64 *s) {
  if (!(s->count & 255)) return s->total;
  return s->count < 256 ? s->block : s->total + s->block;
}
/* end */

/* The bits of grad_product_add_f32 for each pair. */
/* runtime: grad_product_strided_f32 requires grad_fma_f32 */
static inline float grad_product_strided_f32(int64_t n, const float *a, int64_t stride_a, const float *b, int64_t stride_b) {
  float total = 0.0f;
  int64_t start, k;
  for (start = 0; start < n; start += 256) {
    int64_t end = n - start < 256 ? n : start + 256;
    float block = 0.0f;
    for (k = start; k < end; k++) block = grad_fma_f32(a[k * stride_a], b[k * stride_b], block);
    total = start == 0 ? block : total + block;
  }
  return total;
}
/* end */


/* The bits of grad_product_add_f64 for each pair. */
/* runtime: grad_product_strided_f64 requires grad_fma_f64 */
static inline double grad_product_strided_f64(int64_t n, const double *a, int64_t stride_a, const double *b, int64_t stride_b) {
  double total = 0.0;
  int64_t start, k;
  for (start = 0; start < n; start += 256) {
    int64_t end = n - start < 256 ? n : start + 256;
    double block = 0.0;
    for (k = start; k < end; k++) block = grad_fma_f64(a[k * stride_a], b[k * stride_b], block);
    total = start == 0 ? block : total + block;
  }
  return total;
}
/* end */

/* The bits of grad_product_annihilating_add_f32 for each pair. */
/* runtime: grad_annihilating_product_strided_f32 requires grad_annihilating_fma_f32 */
static inline float grad_annihilating_product_strided_f32(int64_t n, const float *a, int64_t stride_a, const float *b, int64_t stride_b) {
  float total = 0.0f;
  int64_t start, k;
  for (start = 0; start < n; start += 256) {
    int64_t end = n - start < 256 ? n : start + 256;
    float block = 0.0f;
    for (k = start; k < end; k++) block = grad_annihilating_fma_f32(a[k * stride_a], b[k * stride_b], block);
    total = start == 0 ? block : total + block;
  }
  return total;
}
/* end */


/* The bits of grad_product_annihilating_add_f64 for each pair. */
/* runtime: grad_annihilating_product_strided_f64 requires grad_annihilating_fma_f64 */
static inline double grad_annihilating_product_strided_f64(int64_t n, const double *a, int64_t stride_a, const double *b, int64_t stride_b) {
  double total = 0.0;
  int64_t start, k;
  for (start = 0; start < n; start += 256) {
    int64_t end = n - start < 256 ? n : start + 256;
    double block = 0.0;
    for (k = start; k < end; k++) block = grad_annihilating_fma_f64(a[k * stride_a], b[k * stride_b], block);
    total = start == 0 ? block : total + block;
  }
  return total;
}
/* end */
#endif
