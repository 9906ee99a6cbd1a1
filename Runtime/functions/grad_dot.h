#ifndef GRAD_DOT_H
#define GRAD_DOT_H
#include "grad_sum.h"

/* Sums of products of pairs, in the order of grad_sum.h: a lane adds by fused multiply-adds. */

/* One block, n ≤ 512 pairs. */
/* runtime: grad_dot_block_f32 requires grad_lanes_combine_f32 grad_fma_f32 */
static inline float grad_dot_block_f32(int64_t n, const float *a, int64_t stride_a, const float *b, int64_t stride_b) {
  float lane[16] = {0.0f};
  int64_t i, j;
  if (stride_a == 1 && stride_b == 1) {
    for (i = 0; i + 16 <= n; i += 16) {
      for (j = 0; j < 16; j++) lane[j] = grad_fma_f32(a[i + j], b[i + j], lane[j]);
    }
  } else {
    for (i = 0; i + 16 <= n; i += 16) {
      for (j = 0; j < 16; j++) lane[j] = grad_fma_f32(a[(i + j) * stride_a], b[(i + j) * stride_b], lane[j]);
    }
  }
  for (j = 0; i + j < n; j++) lane[j] = grad_fma_f32(a[(i + j) * stride_a], b[(i + j) * stride_b], lane[j]);
  return grad_lanes_combine_f32(lane);
}
/* end */

/* The bits of grad_sum_multiply_add_f32 for each pair. */
/* runtime: grad_dot_strided_f32 requires grad_dot_block_f32 grad_subtotal_push_f32 grad_subtotal_fold_f32 */
static inline float grad_dot_strided_f32(int64_t n, const float *a, int64_t stride_a, const float *b, int64_t stride_b) {
  float subtotal[64];
  int64_t blocks = 0;
  if (n <= 512) return grad_dot_block_f32(n, a, stride_a, b, stride_b);
  for (; n > 0; n -= 512) {
    grad_subtotal_push_f32(subtotal, blocks, grad_dot_block_f32(n < 512 ? n : 512, a, stride_a, b, stride_b));
    a += 512 * stride_a;
    b += 512 * stride_b;
    blocks += 1;
  }
  return grad_subtotal_fold_f32(subtotal, blocks);
}
/* end */

/* One block, n ≤ 512 pairs. */
/* runtime: grad_dot_block_f64 requires grad_lanes_combine_f64 grad_fma_f64 */
static inline double grad_dot_block_f64(int64_t n, const double *a, int64_t stride_a, const double *b, int64_t stride_b) {
  double lane[8] = {0.0};
  int64_t i, j;
  if (stride_a == 1 && stride_b == 1) {
    for (i = 0; i + 8 <= n; i += 8) {
      for (j = 0; j < 8; j++) lane[j] = grad_fma_f64(a[i + j], b[i + j], lane[j]);
    }
  } else {
    for (i = 0; i + 8 <= n; i += 8) {
      for (j = 0; j < 8; j++) lane[j] = grad_fma_f64(a[(i + j) * stride_a], b[(i + j) * stride_b], lane[j]);
    }
  }
  for (j = 0; i + j < n; j++) lane[j] = grad_fma_f64(a[(i + j) * stride_a], b[(i + j) * stride_b], lane[j]);
  return grad_lanes_combine_f64(lane);
}
/* end */

/* The bits of grad_sum_multiply_add_f64 for each pair. */
/* runtime: grad_dot_strided_f64 requires grad_dot_block_f64 grad_subtotal_push_f64 grad_subtotal_fold_f64 */
static inline double grad_dot_strided_f64(int64_t n, const double *a, int64_t stride_a, const double *b, int64_t stride_b) {
  double subtotal[64];
  int64_t blocks = 0;
  if (n <= 512) return grad_dot_block_f64(n, a, stride_a, b, stride_b);
  for (; n > 0; n -= 512) {
    grad_subtotal_push_f64(subtotal, blocks, grad_dot_block_f64(n < 512 ? n : 512, a, stride_a, b, stride_b));
    a += 512 * stride_a;
    b += 512 * stride_b;
    blocks += 1;
  }
  return grad_subtotal_fold_f64(subtotal, blocks);
}
/* end */

/* One block, n ≤ 512 pairs; a term whose b is 0 counts as +0. */
/* runtime: grad_annihilating_dot_block_f32 requires grad_lanes_combine_f32 grad_annihilating_fma_f32 */
static inline float grad_annihilating_dot_block_f32(int64_t n, const float *a, int64_t stride_a, const float *b, int64_t stride_b) {
  float lane[16] = {0.0f};
  int64_t i, j;
  if (stride_a == 1 && stride_b == 1) {
    for (i = 0; i + 16 <= n; i += 16) {
      for (j = 0; j < 16; j++) lane[j] = grad_annihilating_fma_f32(a[i + j], b[i + j], lane[j]);
    }
  } else {
    for (i = 0; i + 16 <= n; i += 16) {
      for (j = 0; j < 16; j++) lane[j] = grad_annihilating_fma_f32(a[(i + j) * stride_a], b[(i + j) * stride_b], lane[j]);
    }
  }
  for (j = 0; i + j < n; j++) lane[j] = grad_annihilating_fma_f32(a[(i + j) * stride_a], b[(i + j) * stride_b], lane[j]);
  return grad_lanes_combine_f32(lane);
}
/* end */

/* The bits of grad_sum_annihilating_add_f32 for each pair. */
/* runtime: grad_annihilating_dot_strided_f32 requires grad_annihilating_dot_block_f32 grad_subtotal_push_f32 grad_subtotal_fold_f32 */
static inline float grad_annihilating_dot_strided_f32(int64_t n, const float *a, int64_t stride_a, const float *b, int64_t stride_b) {
  float subtotal[64];
  int64_t blocks = 0;
  if (n <= 512) return grad_annihilating_dot_block_f32(n, a, stride_a, b, stride_b);
  for (; n > 0; n -= 512) {
    grad_subtotal_push_f32(subtotal, blocks, grad_annihilating_dot_block_f32(n < 512 ? n : 512, a, stride_a, b, stride_b));
    a += 512 * stride_a;
    b += 512 * stride_b;
    blocks += 1;
  }
  return grad_subtotal_fold_f32(subtotal, blocks);
}
/* end */

/* One block, n ≤ 512 pairs; a term whose b is 0 counts as +0. */
/* runtime: grad_annihilating_dot_block_f64 requires grad_lanes_combine_f64 grad_annihilating_fma_f64 */
static inline double grad_annihilating_dot_block_f64(int64_t n, const double *a, int64_t stride_a, const double *b, int64_t stride_b) {
  double lane[8] = {0.0};
  int64_t i, j;
  if (stride_a == 1 && stride_b == 1) {
    for (i = 0; i + 8 <= n; i += 8) {
      for (j = 0; j < 8; j++) lane[j] = grad_annihilating_fma_f64(a[i + j], b[i + j], lane[j]);
    }
  } else {
    for (i = 0; i + 8 <= n; i += 8) {
      for (j = 0; j < 8; j++) lane[j] = grad_annihilating_fma_f64(a[(i + j) * stride_a], b[(i + j) * stride_b], lane[j]);
    }
  }
  for (j = 0; i + j < n; j++) lane[j] = grad_annihilating_fma_f64(a[(i + j) * stride_a], b[(i + j) * stride_b], lane[j]);
  return grad_lanes_combine_f64(lane);
}
/* end */

/* The bits of grad_sum_annihilating_add_f64 for each pair. */
/* runtime: grad_annihilating_dot_strided_f64 requires grad_annihilating_dot_block_f64 grad_subtotal_push_f64 grad_subtotal_fold_f64 */
static inline double grad_annihilating_dot_strided_f64(int64_t n, const double *a, int64_t stride_a, const double *b, int64_t stride_b) {
  double subtotal[64];
  int64_t blocks = 0;
  if (n <= 512) return grad_annihilating_dot_block_f64(n, a, stride_a, b, stride_b);
  for (; n > 0; n -= 512) {
    grad_subtotal_push_f64(subtotal, blocks, grad_annihilating_dot_block_f64(n < 512 ? n : 512, a, stride_a, b, stride_b));
    a += 512 * stride_a;
    b += 512 * stride_b;
    blocks += 1;
  }
  return grad_subtotal_fold_f64(subtotal, blocks);
}
/* end */

/* runtime: grad_dot_strided_i32 */
static inline int32_t grad_dot_strided_i32(int64_t n, const int32_t *a, int64_t stride_a, const int32_t *b, int64_t stride_b) {
  uint32_t total = 0u;
  int64_t i;
  for (i = 0; i < n; i++) total += (uint32_t)a[i * stride_a] * (uint32_t)b[i * stride_b];
  return (int32_t)total;
}
/* end */

/* runtime: grad_dot_strided_i64 */
static inline int64_t grad_dot_strided_i64(int64_t n, const int64_t *a, int64_t stride_a, const int64_t *b, int64_t stride_b) {
  uint64_t total = 0u;
  int64_t i;
  for (i = 0; i < n; i++) total += (uint64_t)a[i * stride_a] * (uint64_t)b[i * stride_b];
  return (int64_t)total;
}
/* end */
#endif
