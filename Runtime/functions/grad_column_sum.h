#ifndef GRAD_COLUMN_SUM_H
#define GRAD_COLUMN_SUM_H
#include "grad_base.h"
#include "grad_sum.h"

/*
  The sums of grad_sum.h where many run side by side: those of the columns of a matrix, row after row, and one sum fed by arrays.

  The state of the sums of d columns is an array of rows of d: the lanes, then a subtotal for each level.
*/

/* The numbers of one array after another, with the bits of grad_sum_add_f32 for each. */
/* runtime: grad_sum_add_block_f32 requires grad_sum_f32 grad_lanes_combine_f32 grad_subtotal_push_f32 */
static inline void grad_sum_add_block_f32(grad_sum_f32 *restrict s, int64_t n, const float *restrict x) {
  int64_t i = 0, j;
  while (i < n) {
    int64_t room = 512 - (s->count & 511);
    int64_t end = n - i < room ? n : i + room;
    s->count += end - i;
    for (j = (s->count - (end - i)) & 15; j != 0 && j < 16 && i < end; j++) {
      s->lane[j] = s->lane[j] + x[i];
      i += 1;
    }
    for (; i + 16 <= end; i += 16) {
      for (j = 0; j < 16; j++) s->lane[j] = s->lane[j] + x[i + j];
    }
    for (j = 0; i + j < end; j++) s->lane[j] = s->lane[j] + x[i + j];
    i = end;
    if (!(s->count & 511)) {
      grad_subtotal_push_f32(s->subtotal, (s->count >> 9) - 1, grad_lanes_combine_f32(s->lane));
      for (j = 0; j < 16; j++) s->lane[j] = 0.0f;
    }
  }
}
/* end */

/* The lanes that as many rows come to. */
/* runtime: grad_column_sums_begin_f32 */
static inline void grad_column_sums_begin_f32(int64_t d, float *restrict state, int64_t rows) {
  int64_t lanes = rows < 1 ? 1 : rows < 16 ? rows : 16, i;
  for (i = 0; i < lanes * d; i++) state[i] = 0.0f;
}
/* end */

/* One row into the lanes of its place. */
/* runtime: grad_column_sums_add_f32 */
static inline void grad_column_sums_add_f32(int64_t d, float *restrict lane, const float *restrict x) {
  int64_t j;
  for (j = 0; j < d; j++) lane[j] = lane[j] + x[j];
}
/* end */

/* One row, scaled, into the lanes of its place. */
/* runtime: grad_column_sums_multiply_add_f32 requires grad_fma_f32 */
static inline void grad_column_sums_multiply_add_f32(int64_t d, float *restrict lane, const float *restrict x, float factor) {
  int64_t j;
  for (j = 0; j < d; j++) lane[j] = grad_fma_f32(x[j], factor, lane[j]);
}
/* end */

/* The lanes of a block, finished after so many rows, join the subtotals. */
/* runtime: grad_column_sums_push_f32 */
static inline void grad_column_sums_push_f32(int64_t d, float *restrict state, int64_t block) {
  float *restrict subtotal = state + 16 * d;
  int64_t half, i;
  for (half = 8; half > 0; half /= 2) {
    for (i = 0; i < half * d; i++) state[i] = state[i] + state[i + half * d];
  }
  for (; block & 1; block >>= 1) {
    for (i = 0; i < d; i++) state[i] = subtotal[i] + state[i];
    subtotal += d;
  }
  for (i = 0; i < d; i++) subtotal[i] = state[i];
  for (i = 0; i < 16 * d; i++) state[i] = 0.0f;
}
/* end */

/* After each row: `rows` of them are added so far. */
/* runtime: grad_column_sums_step_f32 requires grad_column_sums_push_f32 */
static inline void grad_column_sums_step_f32(int64_t d, float *restrict state, int64_t rows) {
  if (!(rows & 511)) grad_column_sums_push_f32(d, state, (rows >> 9) - 1);
}
/* end */

/* The lanes of a first block that is not full, down to the columns' sums: those without a row are +0. */
/* runtime: grad_column_sums_combine_f32 */
static inline void grad_column_sums_combine_f32(int64_t d, float *restrict state, int64_t rows, float *restrict result) {
  int64_t lanes = rows < 16 ? rows : 16, half, i;
  for (half = 8; half > 0; half /= 2) {
    for (i = 0; i < (lanes - half) * d; i++) state[i] = state[i] + state[i + half * d];
    if (lanes > half) lanes = half;
  }
  for (i = 0; i < d; i++) result[i] = rows < 16 ? state[i] + 0.0f : state[i];
}
/* end */

/* runtime: grad_column_sums_end_f32 requires grad_column_sums_push_f32 grad_column_sums_combine_f32 grad_subtotal_fold_f32 */
static inline void grad_column_sums_end_f32(int64_t d, float *restrict state, int64_t rows, float *restrict result) {
  int64_t blocks = rows >> 9, place, level, j;
  if (blocks == 0) {
    grad_column_sums_combine_f32(d, state, rows, result);
    return;
  }
  if (rows & 511) {
    grad_column_sums_push_f32(d, state, blocks);
    blocks += 1;
  }
  for (j = 0; j < d; j++) {
    float subtotal[64];
    level = 0;
    for (place = blocks; place != 0; place >>= 1) {
      subtotal[level] = state[(16 + level) * d + j];
      level += 1;
    }
    result[j] = grad_subtotal_fold_f32(subtotal, blocks);
  }
}
/* end */

/* The numbers of one array after another, with the bits of grad_sum_add_f64 for each. */
/* runtime: grad_sum_add_block_f64 requires grad_sum_f64 grad_lanes_combine_f64 grad_subtotal_push_f64 */
static inline void grad_sum_add_block_f64(grad_sum_f64 *restrict s, int64_t n, const double *restrict x) {
  int64_t i = 0, j;
  while (i < n) {
    int64_t room = 512 - (s->count & 511);
    int64_t end = n - i < room ? n : i + room;
    s->count += end - i;
    for (j = (s->count - (end - i)) & 7; j != 0 && j < 8 && i < end; j++) {
      s->lane[j] = s->lane[j] + x[i];
      i += 1;
    }
    for (; i + 8 <= end; i += 8) {
      for (j = 0; j < 8; j++) s->lane[j] = s->lane[j] + x[i + j];
    }
    for (j = 0; i + j < end; j++) s->lane[j] = s->lane[j] + x[i + j];
    i = end;
    if (!(s->count & 511)) {
      grad_subtotal_push_f64(s->subtotal, (s->count >> 9) - 1, grad_lanes_combine_f64(s->lane));
      for (j = 0; j < 8; j++) s->lane[j] = 0.0;
    }
  }
}
/* end */

/* The lanes that as many rows come to. */
/* runtime: grad_column_sums_begin_f64 */
static inline void grad_column_sums_begin_f64(int64_t d, double *restrict state, int64_t rows) {
  int64_t lanes = rows < 1 ? 1 : rows < 8 ? rows : 8, i;
  for (i = 0; i < lanes * d; i++) state[i] = 0.0;
}
/* end */

/* One row into the lanes of its place. */
/* runtime: grad_column_sums_add_f64 */
static inline void grad_column_sums_add_f64(int64_t d, double *restrict lane, const double *restrict x) {
  int64_t j;
  for (j = 0; j < d; j++) lane[j] = lane[j] + x[j];
}
/* end */

/* One row, scaled, into the lanes of its place. */
/* runtime: grad_column_sums_multiply_add_f64 requires grad_fma_f64 */
static inline void grad_column_sums_multiply_add_f64(int64_t d, double *restrict lane, const double *restrict x, double factor) {
  int64_t j;
  for (j = 0; j < d; j++) lane[j] = grad_fma_f64(x[j], factor, lane[j]);
}
/* end */

/* The lanes of a block, finished after so many rows, join the subtotals. */
/* runtime: grad_column_sums_push_f64 */
static inline void grad_column_sums_push_f64(int64_t d, double *restrict state, int64_t block) {
  double *restrict subtotal = state + 8 * d;
  int64_t half, i;
  for (half = 4; half > 0; half /= 2) {
    for (i = 0; i < half * d; i++) state[i] = state[i] + state[i + half * d];
  }
  for (; block & 1; block >>= 1) {
    for (i = 0; i < d; i++) state[i] = subtotal[i] + state[i];
    subtotal += d;
  }
  for (i = 0; i < d; i++) subtotal[i] = state[i];
  for (i = 0; i < 8 * d; i++) state[i] = 0.0;
}
/* end */

/* After each row: `rows` of them are added so far. */
/* runtime: grad_column_sums_step_f64 requires grad_column_sums_push_f64 */
static inline void grad_column_sums_step_f64(int64_t d, double *restrict state, int64_t rows) {
  if (!(rows & 511)) grad_column_sums_push_f64(d, state, (rows >> 9) - 1);
}
/* end */

/* The lanes of a first block that is not full, down to the columns' sums: those without a row are +0. */
/* runtime: grad_column_sums_combine_f64 */
static inline void grad_column_sums_combine_f64(int64_t d, double *restrict state, int64_t rows, double *restrict result) {
  int64_t lanes = rows < 8 ? rows : 8, half, i;
  for (half = 4; half > 0; half /= 2) {
    for (i = 0; i < (lanes - half) * d; i++) state[i] = state[i] + state[i + half * d];
    if (lanes > half) lanes = half;
  }
  for (i = 0; i < d; i++) result[i] = rows < 8 ? state[i] + 0.0 : state[i];
}
/* end */

/* runtime: grad_column_sums_end_f64 requires grad_column_sums_push_f64 grad_column_sums_combine_f64 grad_subtotal_fold_f64 */
static inline void grad_column_sums_end_f64(int64_t d, double *restrict state, int64_t rows, double *restrict result) {
  int64_t blocks = rows >> 9, place, level, j;
  if (blocks == 0) {
    grad_column_sums_combine_f64(d, state, rows, result);
    return;
  }
  if (rows & 511) {
    grad_column_sums_push_f64(d, state, blocks);
    blocks += 1;
  }
  for (j = 0; j < d; j++) {
    double subtotal[64];
    level = 0;
    for (place = blocks; place != 0; place >>= 1) {
      subtotal[level] = state[(8 + level) * d + j];
      level += 1;
    }
    result[j] = grad_subtotal_fold_f64(subtotal, blocks);
  }
}
/* end */
#endif
