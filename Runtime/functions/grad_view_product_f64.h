#ifndef GRAD_VIEW_PRODUCT_F64_H
#define GRAD_VIEW_PRODUCT_F64_H
#include "grad_view.h"
#include "grad_matrix_product_f64.h"

/*
  Matrix products whose operands are views: the rows, columns and depth of a product are each several axes of an array with strides of
  their own (grad_view.h), as the windows of a convolution are. Nothing is formed of them: a block of b goes through the view into the
  panels of grad_matrix_product_f64.h, the rows of a tile side by side. Each element has the bits of grad_product_strided.
*/

/* n numbers, a stride apart, to places side by side. */
/* runtime: grad_view_copy_f64 requires grad_vector_f64 */
static inline void grad_view_copy_f64(int64_t n, const double *x, int64_t stride, double *y) {
  int64_t i = 0;
  if (stride == 1) {
    for (; i + GRAD_LANES_F64 <= n; i += GRAD_LANES_F64) grad_vector_store_f64(y + i, grad_vector_load_f64(x + i));
  }
  for (; i < n; i++) y[i] = x[i * stride];
}
/* end */

/* `width` columns from `first` on and `count` values of k, whose offsets are given, into panels. */
/* runtime: grad_view_pack_f64 requires grad_view_offset grad_view_copy_f64 grad_vector_transpose_f64 */
static inline void grad_view_pack_f64(int64_t first, int64_t width, const int64_t *columns, int64_t start, int64_t count, const int64_t *depth, const int64_t *offset, const double *b, double *panels) {
  const int64_t size = GRAD_PANEL_VECTORS * GRAD_LANES_F64;
  int64_t step = GRAD_VIEW_STRIDE(columns), k_step = GRAD_VIEW_STRIDE(depth), k_run = GRAD_VIEW_EXTENT(depth);
  int64_t run, piece, i, j, k, left;
  for (j = 0; j < width; j += piece) {
    const double *x = b + grad_view_offset(columns, first + j, &run);
    double *y = panels + j / size * 256 * size + j % size;
    piece = GRAD_LANES_F64 - j % GRAD_LANES_F64;
    if (piece > run) piece = run;
    if (piece > width - j) piece = width - j;
    if (step == 1 && piece == GRAD_LANES_F64) {
      for (k = 0; k < count; k++) grad_vector_store_f64(y + k * size, grad_vector_load_f64(x + offset[k]));
      continue;
    }
    if (step == 1) {
      for (k = 0; k < count; k++) grad_vector_store_part_f64(y + k * size, piece, grad_vector_load_part_f64(x + offset[k], piece));
      continue;
    }
    for (k = 0; k < count; k += left) {
      left = k == 0 ? k_run - start % k_run : k_run;
      if (left > count - k) left = count - k;
      i = 0;
      if (k_step == 1 && piece == GRAD_LANES_F64) {
        for (; i + GRAD_STEP_F64 <= left; i += GRAD_STEP_F64) {
          grad_vector_f64 z[GRAD_STEP_F64];
          int64_t s;
          grad_vector_transpose_f64(x + offset[k] + i, step, z);
          GRAD_UNROLL for (s = 0; s < GRAD_STEP_F64; s++) grad_vector_store_f64(y + (k + i + s) * size, z[s]);
        }
      }
      for (; i < left; i++) grad_view_copy_f64(piece, x + offset[k + i], step, y + (k + i) * size);
    }
  }
}
/* end */

/* The columns of b along the vectors. */
/* runtime: grad_view_along_columns_f64 requires grad_view_pack_f64 grad_view_offsets grad_matrix_place_f64 grad_matrix_panel_vectors_f64 grad_matrix_most_rows grad_matrix_band_rows */
static inline void grad_view_along_columns_f64(int rule, const double *a, const int64_t *a_rows, const int64_t *a_depth, const double *b, const int64_t *b_depth, const int64_t *b_columns, double *c, int64_t c_row, int64_t c_column) {
  GRAD_ALIGNED double packed[GRAD_PANELS * 256 * GRAD_PANEL_VECTORS * GRAD_LANES_F64];
  GRAD_ALIGNED double lines[16 * 256];
  int64_t a_offset[256], b_offset[256];
  const int64_t size = GRAD_PANEL_VECTORS * GRAD_LANES_F64;
  int64_t rows = grad_view_count(a_rows), columns = grad_view_count(b_columns), depth = grad_view_count(a_depth);
  int64_t most = rule ? 4 : GRAD_TILE_ROWS;
  int64_t is_strided = a_rows[0] == 1 && a_depth[0] == 1;
  int64_t run = GRAD_VIEW_EXTENT(a_depth);
  int64_t first, start, band, band_rows, row, row_count, vectors, i, j, k, left, unused;
  for (first = 0; first < columns; first += GRAD_PANELS * size) {
    int64_t width = columns - first < GRAD_PANELS * size ? columns - first : GRAD_PANELS * size;
    for (start = 0; start < depth; start += 256) {
      int64_t count = depth - start < 256 ? depth - start : 256;
      if (first == 0 || depth > 256) {
        grad_view_offsets(b_depth, start, count, b_offset);
        grad_view_offsets(a_depth, start, count, a_offset);
      }
      grad_view_pack_f64(first, width, b_columns, start, count, b_depth, b_offset, b, packed);
      /* Rows that are copied are those of one tile. */
      for (band = 0; band < rows; band += band_rows) {
        const double *own = a + band * GRAD_VIEW_STRIDE(a_rows) + start * GRAD_VIEW_STRIDE(a_depth);
        int64_t own_row = GRAD_VIEW_STRIDE(a_rows), own_depth = GRAD_VIEW_STRIDE(a_depth);
        band_rows = is_strided ? grad_matrix_band_rows(rows - band, most) : grad_matrix_tile_rows(rows - band, most);
        if (!is_strided) {
          for (i = 0; i < band_rows; i++) {
            const double *line = a + grad_view_offset(a_rows, band + i, &unused);
            for (k = 0; k < count; k += left) {
              left = k == 0 ? run - start % run : run;
              if (left > count - k) left = count - k;
              grad_view_copy_f64(left, line + a_offset[k], own_depth, lines + i * 256 + k);
            }
          }
          own = lines;
          own_row = 256;
          own_depth = 1;
        }
        for (j = 0; j < width; j += vectors * GRAD_LANES_F64) {
          const double *panel = packed + j / size * 256 * size + j % size;
          int64_t last;
          vectors = grad_matrix_panel_vectors_f64(width - j);
          last = width - j < vectors * GRAD_LANES_F64 ? width - j - (vectors - 1) * GRAD_LANES_F64 : GRAD_LANES_F64;
          for (row = 0; row < band_rows; row += row_count) {
            row_count = grad_matrix_tile_rows(band_rows - row, grad_matrix_most_rows(rule, vectors));
            grad_matrix_place_f64(rule, row_count, vectors, count, own + row * own_row, own_row, own_depth, panel, size, last, c + (band + row) * c_row + (first + j) * c_column, c_row, c_column, start == 0);
          }
        }
      }
    }
  }
}
/* end */

/* About the cycles that a product takes with b's columns along the vectors. */
/* runtime: grad_view_cost_f64 requires grad_view_count grad_vector_f64 */
static inline int64_t grad_view_cost_f64(const int64_t *a_rows, const int64_t *a_depth, const int64_t *b_depth, const int64_t *b_columns, int64_t c_column) {
  const int64_t lanes = GRAD_LANES_F64;
  int64_t rows = grad_view_count(a_rows), columns = grad_view_count(b_columns), depth = grad_view_count(a_depth);
  int64_t a_run = GRAD_VIEW_STRIDE(a_depth) != 1 ? 1 : GRAD_VIEW_EXTENT(a_depth) < lanes ? GRAD_VIEW_EXTENT(a_depth) : lanes;
  int64_t b_run = GRAD_VIEW_STRIDE(b_columns) == 1 ? GRAD_VIEW_EXTENT(b_columns) : GRAD_VIEW_STRIDE(b_depth) == 1 && GRAD_VIEW_EXTENT(b_columns) >= lanes ? GRAD_STEP_F64 : 1;
  int64_t products = depth * rows * ((columns + lanes - 1) / lanes) / 2;
  int64_t a_copies = a_rows[0] == 1 && a_depth[0] == 1 ? 0 : rows * depth * ((columns + GRAD_PANELS * GRAD_PANEL_VECTORS * lanes - 1) / (GRAD_PANELS * GRAD_PANEL_VECTORS * lanes)) / a_run;
  /* A part of a vector, which takes a mask, costs three whole ones. */
  int64_t b_copies = depth * columns / (b_run < lanes ? b_run : lanes) * (GRAD_VIEW_STRIDE(b_columns) == 1 && b_run < lanes ? 3 : 1);
  return products + a_copies + b_copies + (c_column == 1 ? 0 : 2 * rows * columns * ((depth + 255) / 256));
}
/* end */

/* By rows or by columns: a product is that of the transposed operands, with the same bits. */
/* runtime: grad_view_product_any_f64 requires grad_view_along_columns_f64 grad_view_cost_f64 */
static inline void grad_view_product_any_f64(int rule, const double *a, const int64_t *a_rows, const int64_t *a_depth, const double *b, const int64_t *b_depth, const int64_t *b_columns, double *c, int64_t c_row, int64_t c_column) {
  int64_t rows = grad_view_count(a_rows), columns = grad_view_count(b_columns);
  int64_t i, j;
  if (rows <= 0 || columns <= 0) return;
  if (grad_view_count(a_depth) <= 0) {
    for (i = 0; i < rows; i++) {
      for (j = 0; j < columns; j++) c[i * c_row + j * c_column] = 0.0;
    }
  } else if (grad_view_cost_f64(b_columns, b_depth, a_depth, a_rows, c_row) < grad_view_cost_f64(a_rows, a_depth, b_depth, b_columns, c_column)) {
    grad_view_along_columns_f64(rule == 1 ? 2 : 0, b, b_columns, b_depth, a, a_depth, a_rows, c, c_column, c_row);
  } else {
    grad_view_along_columns_f64(rule, a, a_rows, a_depth, b, b_depth, b_columns, c, c_row, c_column);
  }
}
/* end */

/* c = a b. */
/* runtime: grad_view_product_f64 requires grad_view_product_any_f64 */
static inline void grad_view_product_f64(const double *a, const int64_t *a_rows, const int64_t *a_depth, const double *b, const int64_t *b_depth, const int64_t *b_columns, double *c, int64_t c_row, int64_t c_column) {
  grad_view_product_any_f64(0, a, a_rows, a_depth, b, b_depth, b_columns, c, c_row, c_column);
}
/* end */

/* c = a b, where a term whose element of b is 0 counts as +0. */
/* runtime: grad_annihilating_view_product_f64 requires grad_view_product_any_f64 */
static inline void grad_annihilating_view_product_f64(const double *a, const int64_t *a_rows, const int64_t *a_depth, const double *b, const int64_t *b_depth, const int64_t *b_columns, double *c, int64_t c_row, int64_t c_column) {
  grad_view_product_any_f64(1, a, a_rows, a_depth, b, b_depth, b_columns, c, c_row, c_column);
}
/* end */
#endif
