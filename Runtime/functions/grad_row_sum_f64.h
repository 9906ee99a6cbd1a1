#ifndef GRAD_ROW_SUM_F64_H
#define GRAD_ROW_SUM_F64_H
#include "grad_column_sum.h"
#include "grad_vector.h"

/*
  The sums of grad_sum.h for several rows of a matrix at once: one for each row, or one for each column, with the same bits. What is
  shared is read once, several sums run side by side, and the memory behind the rows of columns' sums is fetched meanwhile.
*/

/* The lanes of up to eight rows, of a product with b or, without b, of a sum: x + s is fma(x, 1, s). */
/* runtime: grad_row_lanes_f64 requires grad_vector_f64 */
static inline GRAD_INLINE void grad_row_lanes_f64(int rows, int64_t d, const double *a, int64_t a_row, const double *b, int64_t b_row, double *lane) {
  grad_vector_f64 sum[8][GRAD_SUM_LANES_F64 / GRAD_LANES_F64], x, y = grad_vector_all_f64(1.0);
  int64_t i, left;
  int r, v;
  GRAD_UNROLL for (r = 0; r < rows; r++) {
    GRAD_UNROLL for (v = 0; v < GRAD_SUM_LANES_F64 / GRAD_LANES_F64; v++) sum[r][v] = grad_vector_all_f64(0.0);
  }
  GRAD_ROLLED for (i = 0; i + GRAD_SUM_LANES_F64 <= d; i += GRAD_SUM_LANES_F64) {
    GRAD_UNROLL for (v = 0; v < GRAD_SUM_LANES_F64 / GRAD_LANES_F64; v++) {
      GRAD_UNROLL for (r = 0; r < rows; r++) {
        if (b && (r == 0 || b_row)) y = grad_vector_load_f64(b + r * b_row + i + v * GRAD_LANES_F64);
        sum[r][v] = grad_vector_fma_f64(grad_vector_load_f64(a + r * a_row + i + v * GRAD_LANES_F64), y, sum[r][v]);
      }
    }
  }
  GRAD_UNROLL for (v = 0; v < GRAD_SUM_LANES_F64 / GRAD_LANES_F64; v++) {
    left = d - i - v * GRAD_LANES_F64;
    if (left <= 0) continue;
    if (left > GRAD_LANES_F64) left = GRAD_LANES_F64;
    GRAD_UNROLL for (r = 0; r < rows; r++) {
      x = grad_vector_load_part_f64(a + r * a_row + i + v * GRAD_LANES_F64, left);
      if (b) y = grad_vector_load_part_f64(b + r * b_row + i + v * GRAD_LANES_F64, left);
      sum[r][v] = grad_vector_fma_part_f64(left, x, y, sum[r][v]);
    }
  }
  GRAD_UNROLL for (r = 0; r < rows; r++) {
    GRAD_UNROLL for (v = 0; v < GRAD_SUM_LANES_F64 / GRAD_LANES_F64; v++) {
      grad_vector_store_f64(lane + r * GRAD_SUM_LANES_F64 + v * GRAD_LANES_F64, sum[r][v]);
    }
  }
}
/* end */

/* The lanes of as many rows as a vector has, each row's down to one number. */
/* runtime: grad_row_lanes_combine_f64 requires grad_vector_transpose_f64 */
static inline GRAD_INLINE void grad_row_lanes_combine_f64(const double *lane, double *result) {
  grad_vector_f64 total[GRAD_SUM_LANES_F64];
  int half, i;
  GRAD_UNROLL for (i = 0; i < GRAD_SUM_LANES_F64; i += GRAD_STEP_F64) grad_vector_transpose_f64(lane + i, GRAD_SUM_LANES_F64, total + i);
  GRAD_UNROLL for (half = GRAD_SUM_LANES_F64 / 2; half > 0; half /= 2) {
    GRAD_UNROLL for (i = 0; i < half; i++) total[i] = grad_vector_add_f64(total[i], total[i + half]);
  }
  grad_vector_store_f64(result, total[0]);
}
/* end */

/* A block of at most 512 numbers of as many rows as a vector has, or fewer. */
/* runtime: grad_row_blocks_f64 requires grad_row_lanes_f64 grad_row_lanes_combine_f64 grad_lanes_combine_f64 */
static inline GRAD_INLINE void grad_row_blocks_f64(int64_t rows, double *result, int64_t d, const double *a, int64_t a_row, const double *b, int64_t b_row) {
  GRAD_ALIGNED double lane[GRAD_LANES_F64 * GRAD_SUM_LANES_F64];
  int64_t r = 0;
  for (; GRAD_VECTOR_BYTES == 64 && r + 8 <= rows; r += 8) {
    grad_row_lanes_f64(8, d, a + r * a_row, a_row, b ? b + r * b_row : b, b_row, lane + r * GRAD_SUM_LANES_F64);
  }
  for (; r + 4 <= rows; r += 4) {
    grad_row_lanes_f64(4, d, a + r * a_row, a_row, b ? b + r * b_row : b, b_row, lane + r * GRAD_SUM_LANES_F64);
  }
  for (; r < rows; r++) {
    grad_row_lanes_f64(1, d, a + r * a_row, a_row, b ? b + r * b_row : b, b_row, lane + r * GRAD_SUM_LANES_F64);
  }
  if (rows == GRAD_LANES_F64) {
    grad_row_lanes_combine_f64(lane, result);
  } else {
    for (r = 0; r < rows; r++) result[r] = grad_lanes_combine_f64(lane + r * GRAD_SUM_LANES_F64);
  }
}
/* end */

/* Rows of numbers side by side; b is nothing, or one row for all (b_row = 0), or as many. The subtotals of the blocks of as many rows as a
   vector has join as grad_subtotal_push_f64 and grad_subtotal_fold_f64 do it. */
/* runtime: grad_rows_f64 requires grad_row_blocks_f64 */
static inline GRAD_INLINE void grad_rows_f64(int64_t rows, double *result, int64_t d, const double *a, int64_t a_row, const double *b, int64_t b_row) {
  grad_vector_f64 subtotal[64], value;
  double total[GRAD_LANES_F64] = {0.0};
  int64_t row, count, block, blocks = (d + 511) / 512;
  int level;
  for (row = 0; row < rows; row += count) {
    count = rows - row < GRAD_LANES_F64 ? rows - row : GRAD_LANES_F64;
    if (blocks <= 1) {
      grad_row_blocks_f64(count, result + row, d, a + row * a_row, a_row, b ? b + row * b_row : b, b_row);
      continue;
    }
    for (block = 0; block < blocks; block++) {
      const double *x = a + row * a_row + block * 512, *y = b ? b + row * b_row + block * 512 : b;
      grad_row_blocks_f64(count, total, d - block * 512 < 512 ? d - block * 512 : 512, x, a_row, y, b_row);
      value = grad_vector_load_f64(total);
      for (level = 0; block >> level & 1; level++) value = grad_vector_add_f64(subtotal[level], value);
      subtotal[level] = value;
    }
    for (level = 0; !(blocks >> level & 1); level++) continue;
    value = subtotal[level];
    for (level++; blocks >> level; level++) {
      if (blocks >> level & 1) value = grad_vector_add_f64(subtotal[level], value);
    }
    grad_vector_store_part_f64(result + row, count, value);
  }
}
/* end */

/* For each row the bits of grad_sum_strided_f64. */
/* runtime: grad_sum_rows_f64 requires grad_rows_f64 grad_sum_strided_f64 */
static inline void grad_sum_rows_f64(int64_t rows, double *result, int64_t d, const double *x, int64_t x_row, int64_t x_step) {
  int64_t row;
  if (x_step == 1) {
    grad_rows_f64(rows, result, d, x, x_row, (const double *)0, 0);
    return;
  }
  for (row = 0; row < rows; row++) result[row] = grad_sum_strided_f64(d, x + row * x_row, x_step);
}
/* end */

/* For each row the bits of grad_dot_strided_f64. */
/* runtime: grad_dot_rows_f64 requires grad_rows_f64 grad_dot_strided_f64 */
static inline void grad_dot_rows_f64(int64_t rows, double *result, int64_t d, const double *a, int64_t a_row, int64_t a_step, const double *b, int64_t b_row, int64_t b_step) {
  int64_t row;
  if (a_step == 1 && b_step == 1) {
    if (a_row == 0) {
      grad_rows_f64(rows, result, d, b, b_row, a, 0);
    } else if (b_row == 0) {
      grad_rows_f64(rows, result, d, a, a_row, b, 0);
    } else {
      grad_rows_f64(rows, result, d, a, a_row, b, b_row);
    }
    return;
  }
  for (row = 0; row < rows; row++) result[row] = grad_dot_strided_f64(d, a + row * a_row, a_step, b + row * b_row, b_step);
}
/* end */

/* Rows that belong to one lane of the columns' sums, added to it, scaled where there are factors; what lies `ahead` of them is fetched. */
/* runtime: grad_column_lane_f64 requires grad_vector_f64 */
static inline GRAD_INLINE void grad_column_lane_f64(int rows, int64_t d, double *lane, const double *x, int64_t x_row, const double *factor, int64_t ahead) {
  grad_vector_f64 scale[4], sum, next;
  int64_t j;
  int r;
  GRAD_UNROLL for (r = 0; r < rows; r++) scale[r] = grad_vector_all_f64(factor ? factor[r * GRAD_SUM_LANES_F64] : 1.0);
  for (j = 0; j + GRAD_LANES_F64 <= d; j += GRAD_LANES_F64) {
    sum = grad_vector_load_f64(lane + j);
    if (ahead != 0 && (j & (GRAD_AHEAD_BYTES / (int64_t)sizeof(double) - 1)) == 0) {
      GRAD_UNROLL for (r = 0; r < rows; r++) GRAD_PREFETCH(x + r * GRAD_SUM_LANES_F64 * x_row + j + ahead);
    }
    GRAD_UNROLL for (r = 0; r < rows; r++) {
      sum = grad_vector_fma_f64(grad_vector_load_f64(x + r * GRAD_SUM_LANES_F64 * x_row + j), scale[r], sum);
    }
    grad_vector_store_f64(lane + j, sum);
  }
  if (j == d) return;
  sum = grad_vector_load_part_f64(lane + j, d - j);
  GRAD_UNROLL for (r = 0; r < rows; r++) {
    next = grad_vector_load_part_f64(x + r * GRAD_SUM_LANES_F64 * x_row + j, d - j);
    sum = grad_vector_fma_f64(next, scale[r], sum);
  }
  grad_vector_store_part_f64(lane + j, d - j, sum);
}
/* end */

/* Rows `row` and following of the columns' sums. */
/* runtime: grad_column_rows_f64 requires grad_column_lane_f64 grad_column_sums_push_f64 */
static inline GRAD_INLINE void grad_column_rows_f64(int64_t d, double *state, int64_t row, int64_t count, const double *x, int64_t x_row, const double *factor) {
  int64_t n, l, r;
  for (; count > 0; count -= n) {
    n = 512 - (row & 511) < count ? 512 - (row & 511) : count;
    for (l = 0; l < GRAD_SUM_LANES_F64 && l < n; l++) {
      double *lane = state + ((row + l) & (GRAD_SUM_LANES_F64 - 1)) * d;
      for (r = l; r + 3 * GRAD_SUM_LANES_F64 < n; r += 4 * GRAD_SUM_LANES_F64) {
        grad_column_lane_f64(4, d, lane, x + r * x_row, x_row, factor ? factor + r : factor, count * x_row);
      }
      for (; r < n; r += GRAD_SUM_LANES_F64) grad_column_lane_f64(1, d, lane, x + r * x_row, x_row, factor ? factor + r : factor, 0);
    }
    row += n;
    x += n * x_row;
    if (factor) factor += n;
    if (!(row & 511)) grad_column_sums_push_f64(d, state, (row >> 9) - 1);
  }
}
/* end */

/* The bits of grad_column_sums_add_f64 and grad_column_sums_step_f64 for each row. */
/* runtime: grad_column_sums_add_rows_f64 requires grad_column_rows_f64 */
static inline void grad_column_sums_add_rows_f64(int64_t d, double *state, int64_t row, int64_t count, const double *x, int64_t x_row) {
  grad_column_rows_f64(d, state, row, count, x, x_row, (const double *)0);
}
/* end */

/* The bits of grad_column_sums_multiply_add_f64 and grad_column_sums_step_f64 for each row. */
/* runtime: grad_column_sums_multiply_add_rows_f64 requires grad_column_rows_f64 */
static inline void grad_column_sums_multiply_add_rows_f64(int64_t d, double *state, int64_t row, int64_t count, const double *x, int64_t x_row, const double *factor) {
  grad_column_rows_f64(d, state, row, count, x, x_row, factor);
}
/* end */
#endif
