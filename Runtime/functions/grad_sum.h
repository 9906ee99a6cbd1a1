#ifndef GRAD_SUM_H
#define GRAD_SUM_H
#include "grad_base.h"

/*
  Sums in one fixed order, whatever the block size, the back end and the number of threads.

  Element i, counted in row-major order over the summed axes, belongs to block i / 512 and there to lane (i mod 512) mod L, with
  L = 16 lanes for f32 and 8 for f64. A lane starts at +0 and adds its elements in order. The lanes of a block are then halved,
  lane[j] + lane[j + L/2], down to one. Blocks join pairwise in a tree of the shape of a binary counter: two neighbouring subtotals of
  the same level become one of the next, older + newer; at the end the subtotals left are added from the newest to the oldest.
  A last block that is not full is a block whose other elements are absent. A sum of nothing is +0. Integers wrap, in any order.
*/

/* a b + c, where a term with b = 0 counts as +0 whatever a is. */
/* runtime: grad_annihilating_fma_f32 requires grad_fma_f32 */
static inline float grad_annihilating_fma_f32(float a, float b, float c) {
  float factor = b == 0.0f ? 0.0f : a;
  float cotangent = b == 0.0f ? 0.0f : b;
  return grad_fma_f32(factor, cotangent, c);
}
/* end */

/* a b + c, where a term with b = 0 counts as +0 whatever a is. */
/* runtime: grad_annihilating_fma_f64 requires grad_fma_f64 */
static inline double grad_annihilating_fma_f64(double a, double b, double c) {
  double factor = b == 0.0 ? 0.0 : a;
  double cotangent = b == 0.0 ? 0.0 : b;
  return grad_fma_f64(factor, cotangent, c);
}
/* end */

/* A finished block joins the subtotals as a bit joins a binary counter: two of one level make one of the next. */
/* runtime: grad_subtotal_push_f32 */
static inline void grad_subtotal_push_f32(float *subtotal, int64_t block, float value) {
  int level = 0;
  for (; block & 1; block >>= 1) {
    value = subtotal[level] + value;
    level += 1;
  }
  subtotal[level] = value;
}
/* end */

/* The subtotals of `blocks` blocks, from the newest to the oldest; nothing is +0. */
/* runtime: grad_subtotal_fold_f32 */
static inline float grad_subtotal_fold_f32(const float *subtotal, int64_t blocks) {
  float total = 0.0f;
  int level = 0;
  if (blocks == 0) return total;
  for (; !(blocks & 1); blocks >>= 1) level += 1;
  total = subtotal[level];
  for (blocks >>= 1; blocks != 0; blocks >>= 1) {
    level += 1;
    if (blocks & 1) total = subtotal[level] + total;
  }
  return total;
}
/* end */

/* runtime: grad_lanes_combine_f32 requires grad_compiler */
static inline float grad_lanes_combine_f32(float *lane) {
  int half, i;
  GRAD_UNROLL for (half = 8; half > 0; half /= 2) {
    GRAD_UNROLL for (i = 0; i < half; i++) lane[i] = lane[i] + lane[i + half];
  }
  return lane[0];
}
/* end */

/* runtime: grad_sum_begin_f32 requires grad_sum_f32 */
static inline void grad_sum_begin_f32(grad_sum_f32 *s) {
  int i;
  s->count = 0;
  for (i = 0; i < 16; i++) s->lane[i] = 0.0f;
}
/* end */

/* runtime: grad_sum_step_f32 requires grad_sum_f32 grad_lanes_combine_f32 grad_subtotal_push_f32 */
static inline void grad_sum_step_f32(grad_sum_f32 *s) {
  int i;
  s->count += 1;
  if (s->count & 511) return;
  grad_subtotal_push_f32(s->subtotal, (s->count >> 9) - 1, grad_lanes_combine_f32(s->lane));
  for (i = 0; i < 16; i++) s->lane[i] = 0.0f;
}
/* end */

/* runtime: grad_sum_add_f32 requires grad_sum_f32 grad_sum_step_f32 */
static inline void grad_sum_add_f32(grad_sum_f32 *s, float x) {
  float *lane = s->lane + (s->count & 15);
  *lane = *lane + x;
  grad_sum_step_f32(s);
}
/* end */

/* runtime: grad_sum_multiply_add_f32 requires grad_sum_f32 grad_sum_step_f32 grad_fma_f32 */
static inline void grad_sum_multiply_add_f32(grad_sum_f32 *s, float a, float b) {
  float *lane = s->lane + (s->count & 15);
  *lane = grad_fma_f32(a, b, *lane);
  grad_sum_step_f32(s);
}
/* end */

/* runtime: grad_sum_annihilating_add_f32 requires grad_sum_f32 grad_sum_step_f32 grad_annihilating_fma_f32 */
static inline void grad_sum_annihilating_add_f32(grad_sum_f32 *s, float a, float b) {
  float *lane = s->lane + (s->count & 15);
  *lane = grad_annihilating_fma_f32(a, b, *lane);
  grad_sum_step_f32(s);
}
/* end */

/* runtime: grad_sum_end_f32 requires grad_sum_f32 grad_lanes_combine_f32 grad_subtotal_push_f32 grad_subtotal_fold_f32 */
static inline float grad_sum_end_f32(grad_sum_f32 *s) {
  int64_t blocks = s->count >> 9;
  if (s->count == 1) return s->lane[0] + 0.0f;
  if (blocks == 0) return grad_lanes_combine_f32(s->lane);
  if (s->count & 511) {
    grad_subtotal_push_f32(s->subtotal, blocks, grad_lanes_combine_f32(s->lane));
    blocks += 1;
  }
  return grad_subtotal_fold_f32(s->subtotal, blocks);
}
/* end */

/* To a sum of nothing: the totals of pieces that follow one another, each of 512 · 2^m elements but for the last. Each is a number of the tree. */
/* runtime: grad_sum_add_pieces_f32 requires grad_sum_f32 grad_subtotal_push_f32 */
static inline void grad_sum_add_pieces_f32(grad_sum_f32 *s, int64_t pieces, const float *total) {
  int64_t i;
  for (i = 0; i < pieces; i++) grad_subtotal_push_f32(s->subtotal, i, total[i]);
  s->count = 512 * pieces;
}
/* end */

/* One block, n ≤ 512 numbers. */
/* runtime: grad_sum_block_f32 requires grad_lanes_combine_f32 */
static inline float grad_sum_block_f32(int64_t n, const float *x, int64_t stride) {
  float lane[16] = {0.0f};
  int64_t i, j;
  if (stride == 1) {
    for (i = 0; i + 16 <= n; i += 16) {
      for (j = 0; j < 16; j++) lane[j] = lane[j] + x[i + j];
    }
  } else {
    for (i = 0; i + 16 <= n; i += 16) {
      for (j = 0; j < 16; j++) lane[j] = lane[j] + x[(i + j) * stride];
    }
  }
  for (j = 0; i + j < n; j++) lane[j] = lane[j] + x[(i + j) * stride];
  return grad_lanes_combine_f32(lane);
}
/* end */

/* The bits of grad_sum_add_f32 for x[0], x[stride], x[2 stride], … */
/* runtime: grad_sum_strided_f32 requires grad_sum_block_f32 grad_subtotal_push_f32 grad_subtotal_fold_f32 */
static inline float grad_sum_strided_f32(int64_t n, const float *x, int64_t stride) {
  float subtotal[64];
  int64_t blocks = 0;
  if (n <= 512) return grad_sum_block_f32(n, x, stride);
  for (; n > 0; n -= 512) {
    grad_subtotal_push_f32(subtotal, blocks, grad_sum_block_f32(n < 512 ? n : 512, x, stride));
    x += 512 * stride;
    blocks += 1;
  }
  return grad_subtotal_fold_f32(subtotal, blocks);
}
/* end */

/* A finished block joins the subtotals as a bit joins a binary counter: two of one level make one of the next. */
/* runtime: grad_subtotal_push_f64 */
static inline void grad_subtotal_push_f64(double *subtotal, int64_t block, double value) {
  int level = 0;
  for (; block & 1; block >>= 1) {
    value = subtotal[level] + value;
    level += 1;
  }
  subtotal[level] = value;
}
/* end */

/* The subtotals of `blocks` blocks, from the newest to the oldest; nothing is +0. */
/* runtime: grad_subtotal_fold_f64 */
static inline double grad_subtotal_fold_f64(const double *subtotal, int64_t blocks) {
  double total = 0.0;
  int level = 0;
  if (blocks == 0) return total;
  for (; !(blocks & 1); blocks >>= 1) level += 1;
  total = subtotal[level];
  for (blocks >>= 1; blocks != 0; blocks >>= 1) {
    level += 1;
    if (blocks & 1) total = subtotal[level] + total;
  }
  return total;
}
/* end */

/* runtime: grad_lanes_combine_f64 requires grad_compiler */
static inline double grad_lanes_combine_f64(double *lane) {
  int half, i;
  GRAD_UNROLL for (half = 4; half > 0; half /= 2) {
    GRAD_UNROLL for (i = 0; i < half; i++) lane[i] = lane[i] + lane[i + half];
  }
  return lane[0];
}
/* end */

/* runtime: grad_sum_begin_f64 requires grad_sum_f64 */
static inline void grad_sum_begin_f64(grad_sum_f64 *s) {
  int i;
  s->count = 0;
  for (i = 0; i < 8; i++) s->lane[i] = 0.0;
}
/* end */

/* runtime: grad_sum_step_f64 requires grad_sum_f64 grad_lanes_combine_f64 grad_subtotal_push_f64 */
static inline void grad_sum_step_f64(grad_sum_f64 *s) {
  int i;
  s->count += 1;
  if (s->count & 511) return;
  grad_subtotal_push_f64(s->subtotal, (s->count >> 9) - 1, grad_lanes_combine_f64(s->lane));
  for (i = 0; i < 8; i++) s->lane[i] = 0.0;
}
/* end */

/* runtime: grad_sum_add_f64 requires grad_sum_f64 grad_sum_step_f64 */
static inline void grad_sum_add_f64(grad_sum_f64 *s, double x) {
  double *lane = s->lane + (s->count & 7);
  *lane = *lane + x;
  grad_sum_step_f64(s);
}
/* end */

/* runtime: grad_sum_multiply_add_f64 requires grad_sum_f64 grad_sum_step_f64 grad_fma_f64 */
static inline void grad_sum_multiply_add_f64(grad_sum_f64 *s, double a, double b) {
  double *lane = s->lane + (s->count & 7);
  *lane = grad_fma_f64(a, b, *lane);
  grad_sum_step_f64(s);
}
/* end */

/* runtime: grad_sum_annihilating_add_f64 requires grad_sum_f64 grad_sum_step_f64 grad_annihilating_fma_f64 */
static inline void grad_sum_annihilating_add_f64(grad_sum_f64 *s, double a, double b) {
  double *lane = s->lane + (s->count & 7);
  *lane = grad_annihilating_fma_f64(a, b, *lane);
  grad_sum_step_f64(s);
}
/* end */

/* runtime: grad_sum_end_f64 requires grad_sum_f64 grad_lanes_combine_f64 grad_subtotal_push_f64 grad_subtotal_fold_f64 */
static inline double grad_sum_end_f64(grad_sum_f64 *s) {
  int64_t blocks = s->count >> 9;
  if (s->count == 1) return s->lane[0] + 0.0;
  if (blocks == 0) return grad_lanes_combine_f64(s->lane);
  if (s->count & 511) {
    grad_subtotal_push_f64(s->subtotal, blocks, grad_lanes_combine_f64(s->lane));
    blocks += 1;
  }
  return grad_subtotal_fold_f64(s->subtotal, blocks);
}
/* end */

/* To a sum of nothing: the totals of pieces that follow one another, each of 512 · 2^m elements but for the last. Each is a number of the tree. */
/* runtime: grad_sum_add_pieces_f64 requires grad_sum_f64 grad_subtotal_push_f64 */
static inline void grad_sum_add_pieces_f64(grad_sum_f64 *s, int64_t pieces, const double *total) {
  int64_t i;
  for (i = 0; i < pieces; i++) grad_subtotal_push_f64(s->subtotal, i, total[i]);
  s->count = 512 * pieces;
}
/* end */

/* One block, n ≤ 512 numbers. */
/* runtime: grad_sum_block_f64 requires grad_lanes_combine_f64 */
static inline double grad_sum_block_f64(int64_t n, const double *x, int64_t stride) {
  double lane[8] = {0.0};
  int64_t i, j;
  if (stride == 1) {
    for (i = 0; i + 8 <= n; i += 8) {
      for (j = 0; j < 8; j++) lane[j] = lane[j] + x[i + j];
    }
  } else {
    for (i = 0; i + 8 <= n; i += 8) {
      for (j = 0; j < 8; j++) lane[j] = lane[j] + x[(i + j) * stride];
    }
  }
  for (j = 0; i + j < n; j++) lane[j] = lane[j] + x[(i + j) * stride];
  return grad_lanes_combine_f64(lane);
}
/* end */

/* The bits of grad_sum_add_f64 for x[0], x[stride], x[2 stride], … */
/* runtime: grad_sum_strided_f64 requires grad_sum_block_f64 grad_subtotal_push_f64 grad_subtotal_fold_f64 */
static inline double grad_sum_strided_f64(int64_t n, const double *x, int64_t stride) {
  double subtotal[64];
  int64_t blocks = 0;
  if (n <= 512) return grad_sum_block_f64(n, x, stride);
  for (; n > 0; n -= 512) {
    grad_subtotal_push_f64(subtotal, blocks, grad_sum_block_f64(n < 512 ? n : 512, x, stride));
    x += 512 * stride;
    blocks += 1;
  }
  return grad_subtotal_fold_f64(subtotal, blocks);
}
/* end */

/* runtime: grad_sum_begin_i32 requires grad_sum_i32 */
static inline void grad_sum_begin_i32(grad_sum_i32 *s) { s->total = 0u; }
/* end */

/* runtime: grad_sum_add_i32 requires grad_sum_i32 */
static inline void grad_sum_add_i32(grad_sum_i32 *s, int32_t x) { s->total += (uint32_t)x; }
/* end */

/* runtime: grad_sum_multiply_add_i32 requires grad_sum_i32 */
static inline void grad_sum_multiply_add_i32(grad_sum_i32 *s, int32_t a, int32_t b) { s->total += (uint32_t)a * (uint32_t)b; }
/* end */

/* runtime: grad_sum_add_pieces_i32 requires grad_sum_i32 */
static inline void grad_sum_add_pieces_i32(grad_sum_i32 *s, int64_t pieces, const int32_t *total) {
  int64_t i;
  for (i = 0; i < pieces; i++) s->total += (uint32_t)total[i];
}
/* end */

/* runtime: grad_sum_end_i32 requires grad_sum_i32 */
static inline int32_t grad_sum_end_i32(grad_sum_i32 *s) { return (int32_t)s->total; }
/* end */

/* runtime: grad_sum_strided_i32 */
static inline int32_t grad_sum_strided_i32(int64_t n, const int32_t *x, int64_t stride) {
  uint32_t total = 0u;
  int64_t i;
  for (i = 0; i < n; i++) total += (uint32_t)x[i * stride];
  return (int32_t)total;
}
/* end */

/* runtime: grad_sum_begin_i64 requires grad_sum_i64 */
static inline void grad_sum_begin_i64(grad_sum_i64 *s) { s->total = 0u; }
/* end */

/* runtime: grad_sum_add_i64 requires grad_sum_i64 */
static inline void grad_sum_add_i64(grad_sum_i64 *s, int64_t x) { s->total += (uint64_t)x; }
/* end */

/* runtime: grad_sum_multiply_add_i64 requires grad_sum_i64 */
static inline void grad_sum_multiply_add_i64(grad_sum_i64 *s, int64_t a, int64_t b) { s->total += (uint64_t)a * (uint64_t)b; }
/* end */

/* runtime: grad_sum_add_pieces_i64 requires grad_sum_i64 */
static inline void grad_sum_add_pieces_i64(grad_sum_i64 *s, int64_t pieces, const int64_t *total) {
  int64_t i;
  for (i = 0; i < pieces; i++) s->total += (uint64_t)total[i];
}
/* end */

/* runtime: grad_sum_end_i64 requires grad_sum_i64 */
static inline int64_t grad_sum_end_i64(grad_sum_i64 *s) { return (int64_t)s->total; }
/* end */

/* runtime: grad_sum_strided_i64 */
static inline int64_t grad_sum_strided_i64(int64_t n, const int64_t *x, int64_t stride) {
  uint64_t total = 0u;
  int64_t i;
  for (i = 0; i < n; i++) total += (uint64_t)x[i * stride];
  return (int64_t)total;
}
/* end */

#endif
