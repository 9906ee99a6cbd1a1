#ifndef GRAD_MATRIX_PRODUCT_H
#define GRAD_MATRIX_PRODUCT_H
#include "grad_base.h"
#include "grad_sum.h"
#include "grad_product.h"

/*
  Matrix products, c[i, j] = Σ_k a[i, k] b[k, j], each element with the bits of grad_product_strided. Every axis of every operand has its own
  stride, so transposes cost nothing; c is written only and overlaps nothing.

  A tile of 4 rows and as many columns as two vectors of 256 bits hold keeps a block of 256 terms in registers, the columns along the
  vectors. The operand with the columns is read in panels, which are copied where their elements do not lie side by side or are read
  often. Which operand that is makes no difference to the bits: a b = b a.
*/

/* Whether the columns of a tile are better taken from a's rows than from b's columns. */
/* runtime: grad_panel_is_left_f32 */
static inline int grad_panel_is_left_f32(int64_t rows, int64_t columns, int64_t a_row, int64_t b_column) {
  if (columns < 16 && rows >= 16) return 1;
  if (rows < 16 && columns >= 16) return 0;
  if ((a_row == 1) != (b_column == 1)) return a_row == 1;
  return rows > columns;
}
/* end */

/* A block of depth ≤ 256 for rows ≤ 4 and columns ≤ 16, added to c. */
/* runtime: grad_matrix_tile_f32 requires grad_fma_f32 */
static inline void grad_matrix_tile_f32(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row, int64_t a_depth, const float *panel, int64_t panel_depth, int64_t panel_column, float *c, int64_t c_row, int64_t c_column, int is_first) {
  float block[4][16] = {{0.0f}};
  int64_t i, j, k;
  if (rows == 4 && panel_column == 1) {
    for (k = 0; k < depth; k++) {
      const float *x = a + k * a_depth;
      const float *y = panel + k * panel_depth;
      float a0 = x[0], a1 = x[a_row], a2 = x[2 * a_row], a3 = x[3 * a_row];
      for (j = 0; j < 16; j++) block[0][j] = grad_fma_f32(a0, y[j], block[0][j]);
      for (j = 0; j < 16; j++) block[1][j] = grad_fma_f32(a1, y[j], block[1][j]);
      for (j = 0; j < 16; j++) block[2][j] = grad_fma_f32(a2, y[j], block[2][j]);
      for (j = 0; j < 16; j++) block[3][j] = grad_fma_f32(a3, y[j], block[3][j]);
    }
  } else if (panel_column == 1) {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const float *y = panel + k * panel_depth;
        float a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 16; j++) block[i][j] = grad_fma_f32(a0, y[j], block[i][j]);
      }
    }
  } else {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const float *y = panel + k * panel_depth;
        float a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 16; j++) block[i][j] = grad_fma_f32(a0, y[j * panel_column], block[i][j]);
      }
    }
  }
  for (i = 0; i < rows; i++) {
    for (j = 0; j < columns; j++) {
      float *place = c + i * c_row + j * c_column;
      *place = is_first ? block[i][j] : *place + block[i][j];
    }
  }
}
/* end */

/* The same where a term whose element of the panel is 0 counts as +0. */
/* runtime: grad_matrix_tile_right_f32 requires grad_annihilating_fma_f32 */
static inline void grad_matrix_tile_right_f32(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row, int64_t a_depth, const float *panel, int64_t panel_depth, int64_t panel_column, float *c, int64_t c_row, int64_t c_column, int is_first) {
  float block[4][16] = {{0.0f}};
  int64_t i, j, k;
  if (rows == 4 && panel_column == 1) {
    for (k = 0; k < depth; k++) {
      const float *x = a + k * a_depth;
      const float *y = panel + k * panel_depth;
      float a0 = x[0], a1 = x[a_row], a2 = x[2 * a_row], a3 = x[3 * a_row];
      for (j = 0; j < 16; j++) block[0][j] = grad_annihilating_fma_f32(a0, y[j], block[0][j]);
      for (j = 0; j < 16; j++) block[1][j] = grad_annihilating_fma_f32(a1, y[j], block[1][j]);
      for (j = 0; j < 16; j++) block[2][j] = grad_annihilating_fma_f32(a2, y[j], block[2][j]);
      for (j = 0; j < 16; j++) block[3][j] = grad_annihilating_fma_f32(a3, y[j], block[3][j]);
    }
  } else if (panel_column == 1) {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const float *y = panel + k * panel_depth;
        float a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 16; j++) block[i][j] = grad_annihilating_fma_f32(a0, y[j], block[i][j]);
      }
    }
  } else {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const float *y = panel + k * panel_depth;
        float a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 16; j++) block[i][j] = grad_annihilating_fma_f32(a0, y[j * panel_column], block[i][j]);
      }
    }
  }
  for (i = 0; i < rows; i++) {
    for (j = 0; j < columns; j++) {
      float *place = c + i * c_row + j * c_column;
      *place = is_first ? block[i][j] : *place + block[i][j];
    }
  }
}
/* end */

/* The same where a term whose element of a is 0 counts as +0. */
/* runtime: grad_matrix_tile_left_f32 requires grad_annihilating_fma_f32 */
static inline void grad_matrix_tile_left_f32(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row, int64_t a_depth, const float *panel, int64_t panel_depth, int64_t panel_column, float *c, int64_t c_row, int64_t c_column, int is_first) {
  float block[4][16] = {{0.0f}};
  int64_t i, j, k;
  if (rows == 4 && panel_column == 1) {
    for (k = 0; k < depth; k++) {
      const float *x = a + k * a_depth;
      const float *y = panel + k * panel_depth;
      float a0 = x[0], a1 = x[a_row], a2 = x[2 * a_row], a3 = x[3 * a_row];
      for (j = 0; j < 16; j++) block[0][j] = grad_annihilating_fma_f32(y[j], a0, block[0][j]);
      for (j = 0; j < 16; j++) block[1][j] = grad_annihilating_fma_f32(y[j], a1, block[1][j]);
      for (j = 0; j < 16; j++) block[2][j] = grad_annihilating_fma_f32(y[j], a2, block[2][j]);
      for (j = 0; j < 16; j++) block[3][j] = grad_annihilating_fma_f32(y[j], a3, block[3][j]);
    }
  } else if (panel_column == 1) {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const float *y = panel + k * panel_depth;
        float a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 16; j++) block[i][j] = grad_annihilating_fma_f32(y[j], a0, block[i][j]);
      }
    }
  } else {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const float *y = panel + k * panel_depth;
        float a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 16; j++) block[i][j] = grad_annihilating_fma_f32(y[j * panel_column], a0, block[i][j]);
      }
    }
  }
  for (i = 0; i < rows; i++) {
    for (j = 0; j < columns; j++) {
      float *place = c + i * c_row + j * c_column;
      *place = is_first ? block[i][j] : *place + block[i][j];
    }
  }
}
/* end */

/* runtime: grad_matrix_panels_f32 requires grad_matrix_tile_f32 */
static inline void grad_matrix_panels_f32(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row, int64_t a_depth, const float *b, int64_t b_depth, int64_t b_column, float *c, int64_t c_row, int64_t c_column) {
  float packed[256 * 16];
  int64_t start, first, i, j, k;
  for (start = 0; start < depth; start += 256) {
    int64_t count = depth - start < 256 ? depth - start : 256;
    for (first = 0; first < columns; first += 16) {
      int64_t width = columns - first < 16 ? columns - first : 16;
      const float *panel = b + start * b_depth + first * b_column;
      int64_t panel_depth = b_depth;
      int64_t panel_column = b_column;
      if (width < 16 || rows >= 16 || (b_column != 1 && rows >= 4)) {
        for (k = 0; k < count; k++) {
          for (j = 0; j < width; j++) packed[k * 16 + j] = panel[k * b_depth + j * b_column];
          for (; j < 16; j++) packed[k * 16 + j] = 0.0f;
        }
        panel = packed;
        panel_depth = 16;
        panel_column = 1;
      }
      for (i = 0; i < rows; i += 4) {
        grad_matrix_tile_f32(rows - i < 4 ? rows - i : 4, width, count, a + i * a_row + start * a_depth, a_row, a_depth, panel, panel_depth, panel_column, c + i * c_row + first * c_column, c_row, c_column, start == 0);
      }
    }
  }
}
/* end */

/* runtime: grad_matrix_panels_right_f32 requires grad_matrix_tile_right_f32 */
static inline void grad_matrix_panels_right_f32(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row, int64_t a_depth, const float *b, int64_t b_depth, int64_t b_column, float *c, int64_t c_row, int64_t c_column) {
  float packed[256 * 16];
  int64_t start, first, i, j, k;
  for (start = 0; start < depth; start += 256) {
    int64_t count = depth - start < 256 ? depth - start : 256;
    for (first = 0; first < columns; first += 16) {
      int64_t width = columns - first < 16 ? columns - first : 16;
      const float *panel = b + start * b_depth + first * b_column;
      int64_t panel_depth = b_depth;
      int64_t panel_column = b_column;
      if (width < 16 || rows >= 16 || (b_column != 1 && rows >= 4)) {
        for (k = 0; k < count; k++) {
          for (j = 0; j < width; j++) packed[k * 16 + j] = panel[k * b_depth + j * b_column];
          for (; j < 16; j++) packed[k * 16 + j] = 0.0f;
        }
        panel = packed;
        panel_depth = 16;
        panel_column = 1;
      }
      for (i = 0; i < rows; i += 4) {
        grad_matrix_tile_right_f32(rows - i < 4 ? rows - i : 4, width, count, a + i * a_row + start * a_depth, a_row, a_depth, panel, panel_depth, panel_column, c + i * c_row + first * c_column, c_row, c_column, start == 0);
      }
    }
  }
}
/* end */

/* runtime: grad_matrix_panels_left_f32 requires grad_matrix_tile_left_f32 */
static inline void grad_matrix_panels_left_f32(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row, int64_t a_depth, const float *b, int64_t b_depth, int64_t b_column, float *c, int64_t c_row, int64_t c_column) {
  float packed[256 * 16];
  int64_t start, first, i, j, k;
  for (start = 0; start < depth; start += 256) {
    int64_t count = depth - start < 256 ? depth - start : 256;
    for (first = 0; first < columns; first += 16) {
      int64_t width = columns - first < 16 ? columns - first : 16;
      const float *panel = b + start * b_depth + first * b_column;
      int64_t panel_depth = b_depth;
      int64_t panel_column = b_column;
      if (width < 16 || rows >= 16 || (b_column != 1 && rows >= 4)) {
        for (k = 0; k < count; k++) {
          for (j = 0; j < width; j++) packed[k * 16 + j] = panel[k * b_depth + j * b_column];
          for (; j < 16; j++) packed[k * 16 + j] = 0.0f;
        }
        panel = packed;
        panel_depth = 16;
        panel_column = 1;
      }
      for (i = 0; i < rows; i += 4) {
        grad_matrix_tile_left_f32(rows - i < 4 ? rows - i : 4, width, count, a + i * a_row + start * a_depth, a_row, a_depth, panel, panel_depth, panel_column, c + i * c_row + first * c_column, c_row, c_column, start == 0);
      }
    }
  }
}
/* end */

/* c = a b. */
/* runtime: grad_matrix_product_f32 requires grad_matrix_panels_f32 grad_product_strided_f32 grad_panel_is_left_f32 */
static inline void grad_matrix_product_f32(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row, int64_t a_depth, const float *b, int64_t b_depth, int64_t b_column, float *c, int64_t c_row, int64_t c_column) {
  int64_t i, j;
  if (depth <= 0 || (rows < 4 && columns < 4)) {
    for (i = 0; i < rows; i++) {
      for (j = 0; j < columns; j++) {
        c[i * c_row + j * c_column] = grad_product_strided_f32(depth, a + i * a_row, a_depth, b + j * b_column, b_depth);
      }
    }
  } else if (grad_panel_is_left_f32(rows, columns, a_row, b_column)) {
    grad_matrix_panels_f32(columns, rows, depth, b, b_column, b_depth, a, a_depth, a_row, c, c_column, c_row);
  } else {
    grad_matrix_panels_f32(rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column);
  }
}
/* end */

/* c = a b, where a term whose element of b is 0 counts as +0. */
/* runtime: grad_annihilating_matrix_product_f32 requires grad_matrix_panels_right_f32 grad_matrix_panels_left_f32 grad_annihilating_product_strided_f32 grad_panel_is_left_f32 */
static inline void grad_annihilating_matrix_product_f32(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row, int64_t a_depth, const float *b, int64_t b_depth, int64_t b_column, float *c, int64_t c_row, int64_t c_column) {
  int64_t i, j;
  if (depth <= 0 || (rows < 4 && columns < 4)) {
    for (i = 0; i < rows; i++) {
      for (j = 0; j < columns; j++) {
        c[i * c_row + j * c_column] = grad_annihilating_product_strided_f32(depth, a + i * a_row, a_depth, b + j * b_column, b_depth);
      }
    }
  } else if (grad_panel_is_left_f32(rows, columns, a_row, b_column)) {
    grad_matrix_panels_left_f32(columns, rows, depth, b, b_column, b_depth, a, a_depth, a_row, c, c_column, c_row);
  } else {
    grad_matrix_panels_right_f32(rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column);
  }
}
/* end */

/* Whether the columns of a tile are better taken from a's rows than from b's columns. */
/* runtime: grad_panel_is_left_f64 */
static inline int grad_panel_is_left_f64(int64_t rows, int64_t columns, int64_t a_row, int64_t b_column) {
  if (columns < 8 && rows >= 8) return 1;
  if (rows < 8 && columns >= 8) return 0;
  if ((a_row == 1) != (b_column == 1)) return a_row == 1;
  return rows > columns;
}
/* end */

/* A block of depth ≤ 256 for rows ≤ 4 and columns ≤ 8, added to c. */
/* runtime: grad_matrix_tile_f64 requires grad_fma_f64 */
static inline void grad_matrix_tile_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *panel, int64_t panel_depth, int64_t panel_column, double *c, int64_t c_row, int64_t c_column, int is_first) {
  double block[4][8] = {{0.0}};
  int64_t i, j, k;
  if (rows == 4 && panel_column == 1) {
    for (k = 0; k < depth; k++) {
      const double *x = a + k * a_depth;
      const double *y = panel + k * panel_depth;
      double a0 = x[0], a1 = x[a_row], a2 = x[2 * a_row], a3 = x[3 * a_row];
      for (j = 0; j < 8; j++) block[0][j] = grad_fma_f64(a0, y[j], block[0][j]);
      for (j = 0; j < 8; j++) block[1][j] = grad_fma_f64(a1, y[j], block[1][j]);
      for (j = 0; j < 8; j++) block[2][j] = grad_fma_f64(a2, y[j], block[2][j]);
      for (j = 0; j < 8; j++) block[3][j] = grad_fma_f64(a3, y[j], block[3][j]);
    }
  } else if (panel_column == 1) {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const double *y = panel + k * panel_depth;
        double a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 8; j++) block[i][j] = grad_fma_f64(a0, y[j], block[i][j]);
      }
    }
  } else {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const double *y = panel + k * panel_depth;
        double a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 8; j++) block[i][j] = grad_fma_f64(a0, y[j * panel_column], block[i][j]);
      }
    }
  }
  for (i = 0; i < rows; i++) {
    for (j = 0; j < columns; j++) {
      double *place = c + i * c_row + j * c_column;
      *place = is_first ? block[i][j] : *place + block[i][j];
    }
  }
}
/* end */

/* The same where a term whose element of the panel is 0 counts as +0. */
/* runtime: grad_matrix_tile_right_f64 requires grad_annihilating_fma_f64 */
static inline void grad_matrix_tile_right_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *panel, int64_t panel_depth, int64_t panel_column, double *c, int64_t c_row, int64_t c_column, int is_first) {
  double block[4][8] = {{0.0}};
  int64_t i, j, k;
  if (rows == 4 && panel_column == 1) {
    for (k = 0; k < depth; k++) {
      const double *x = a + k * a_depth;
      const double *y = panel + k * panel_depth;
      double a0 = x[0], a1 = x[a_row], a2 = x[2 * a_row], a3 = x[3 * a_row];
      for (j = 0; j < 8; j++) block[0][j] = grad_annihilating_fma_f64(a0, y[j], block[0][j]);
      for (j = 0; j < 8; j++) block[1][j] = grad_annihilating_fma_f64(a1, y[j], block[1][j]);
      for (j = 0; j < 8; j++) block[2][j] = grad_annihilating_fma_f64(a2, y[j], block[2][j]);
      for (j = 0; j < 8; j++) block[3][j] = grad_annihilating_fma_f64(a3, y[j], block[3][j]);
    }
  } else if (panel_column == 1) {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const double *y = panel + k * panel_depth;
        double a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 8; j++) block[i][j] = grad_annihilating_fma_f64(a0, y[j], block[i][j]);
      }
    }
  } else {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const double *y = panel + k * panel_depth;
        double a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 8; j++) block[i][j] = grad_annihilating_fma_f64(a0, y[j * panel_column], block[i][j]);
      }
    }
  }
  for (i = 0; i < rows; i++) {
    for (j = 0; j < columns; j++) {
      double *place = c + i * c_row + j * c_column;
      *place = is_first ? block[i][j] : *place + block[i][j];
    }
  }
}
/* end */

/* The same where a term whose element of a is 0 counts as +0. */
/* runtime: grad_matrix_tile_left_f64 requires grad_annihilating_fma_f64 */
static inline void grad_matrix_tile_left_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *panel, int64_t panel_depth, int64_t panel_column, double *c, int64_t c_row, int64_t c_column, int is_first) {
  double block[4][8] = {{0.0}};
  int64_t i, j, k;
  if (rows == 4 && panel_column == 1) {
    for (k = 0; k < depth; k++) {
      const double *x = a + k * a_depth;
      const double *y = panel + k * panel_depth;
      double a0 = x[0], a1 = x[a_row], a2 = x[2 * a_row], a3 = x[3 * a_row];
      for (j = 0; j < 8; j++) block[0][j] = grad_annihilating_fma_f64(y[j], a0, block[0][j]);
      for (j = 0; j < 8; j++) block[1][j] = grad_annihilating_fma_f64(y[j], a1, block[1][j]);
      for (j = 0; j < 8; j++) block[2][j] = grad_annihilating_fma_f64(y[j], a2, block[2][j]);
      for (j = 0; j < 8; j++) block[3][j] = grad_annihilating_fma_f64(y[j], a3, block[3][j]);
    }
  } else if (panel_column == 1) {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const double *y = panel + k * panel_depth;
        double a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 8; j++) block[i][j] = grad_annihilating_fma_f64(y[j], a0, block[i][j]);
      }
    }
  } else {
    for (i = 0; i < rows; i++) {
      for (k = 0; k < depth; k++) {
        const double *y = panel + k * panel_depth;
        double a0 = a[i * a_row + k * a_depth];
        for (j = 0; j < 8; j++) block[i][j] = grad_annihilating_fma_f64(y[j * panel_column], a0, block[i][j]);
      }
    }
  }
  for (i = 0; i < rows; i++) {
    for (j = 0; j < columns; j++) {
      double *place = c + i * c_row + j * c_column;
      *place = is_first ? block[i][j] : *place + block[i][j];
    }
  }
}
/* end */

/* runtime: grad_matrix_panels_f64 requires grad_matrix_tile_f64 */
static inline void grad_matrix_panels_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  double packed[256 * 8];
  int64_t start, first, i, j, k;
  for (start = 0; start < depth; start += 256) {
    int64_t count = depth - start < 256 ? depth - start : 256;
    for (first = 0; first < columns; first += 8) {
      int64_t width = columns - first < 8 ? columns - first : 8;
      const double *panel = b + start * b_depth + first * b_column;
      int64_t panel_depth = b_depth;
      int64_t panel_column = b_column;
      if (width < 8 || rows >= 16 || (b_column != 1 && rows >= 4)) {
        for (k = 0; k < count; k++) {
          for (j = 0; j < width; j++) packed[k * 8 + j] = panel[k * b_depth + j * b_column];
          for (; j < 8; j++) packed[k * 8 + j] = 0.0;
        }
        panel = packed;
        panel_depth = 8;
        panel_column = 1;
      }
      for (i = 0; i < rows; i += 4) {
        grad_matrix_tile_f64(rows - i < 4 ? rows - i : 4, width, count, a + i * a_row + start * a_depth, a_row, a_depth, panel, panel_depth, panel_column, c + i * c_row + first * c_column, c_row, c_column, start == 0);
      }
    }
  }
}
/* end */

/* runtime: grad_matrix_panels_right_f64 requires grad_matrix_tile_right_f64 */
static inline void grad_matrix_panels_right_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  double packed[256 * 8];
  int64_t start, first, i, j, k;
  for (start = 0; start < depth; start += 256) {
    int64_t count = depth - start < 256 ? depth - start : 256;
    for (first = 0; first < columns; first += 8) {
      int64_t width = columns - first < 8 ? columns - first : 8;
      const double *panel = b + start * b_depth + first * b_column;
      int64_t panel_depth = b_depth;
      int64_t panel_column = b_column;
      if (width < 8 || rows >= 16 || (b_column != 1 && rows >= 4)) {
        for (k = 0; k < count; k++) {
          for (j = 0; j < width; j++) packed[k * 8 + j] = panel[k * b_depth + j * b_column];
          for (; j < 8; j++) packed[k * 8 + j] = 0.0;
        }
        panel = packed;
        panel_depth = 8;
        panel_column = 1;
      }
      for (i = 0; i < rows; i += 4) {
        grad_matrix_tile_right_f64(rows - i < 4 ? rows - i : 4, width, count, a + i * a_row + start * a_depth, a_row, a_depth, panel, panel_depth, panel_column, c + i * c_row + first * c_column, c_row, c_column, start == 0);
      }
    }
  }
}
/* end */

/* runtime: grad_matrix_panels_left_f64 requires grad_matrix_tile_left_f64 */
static inline void grad_matrix_panels_left_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  double packed[256 * 8];
  int64_t start, first, i, j, k;
  for (start = 0; start < depth; start += 256) {
    int64_t count = depth - start < 256 ? depth - start : 256;
    for (first = 0; first < columns; first += 8) {
      int64_t width = columns - first < 8 ? columns - first : 8;
      const double *panel = b + start * b_depth + first * b_column;
      int64_t panel_depth = b_depth;
      int64_t panel_column = b_column;
      if (width < 8 || rows >= 16 || (b_column != 1 && rows >= 4)) {
        for (k = 0; k < count; k++) {
          for (j = 0; j < width; j++) packed[k * 8 + j] = panel[k * b_depth + j * b_column];
          for (; j < 8; j++) packed[k * 8 + j] = 0.0;
        }
        panel = packed;
        panel_depth = 8;
        panel_column = 1;
      }
      for (i = 0; i < rows; i += 4) {
        grad_matrix_tile_left_f64(rows - i < 4 ? rows - i : 4, width, count, a + i * a_row + start * a_depth, a_row, a_depth, panel, panel_depth, panel_column, c + i * c_row + first * c_column, c_row, c_column, start == 0);
      }
    }
  }
}
/* end */

/* c = a b. */
/* runtime: grad_matrix_product_f64 requires grad_matrix_panels_f64 grad_product_strided_f64 grad_panel_is_left_f64 */
static inline void grad_matrix_product_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  int64_t i, j;
  if (depth <= 0 || (rows < 4 && columns < 4)) {
    for (i = 0; i < rows; i++) {
      for (j = 0; j < columns; j++) {
        c[i * c_row + j * c_column] = grad_product_strided_f64(depth, a + i * a_row, a_depth, b + j * b_column, b_depth);
      }
    }
  } else if (grad_panel_is_left_f64(rows, columns, a_row, b_column)) {
    grad_matrix_panels_f64(columns, rows, depth, b, b_column, b_depth, a, a_depth, a_row, c, c_column, c_row);
  } else {
    grad_matrix_panels_f64(rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column);
  }
}
/* end */

/* c = a b, where a term whose element of b is 0 counts as +0. */
/* runtime: grad_annihilating_matrix_product_f64 requires grad_matrix_panels_right_f64 grad_matrix_panels_left_f64 grad_annihilating_product_strided_f64 grad_panel_is_left_f64 */
static inline void grad_annihilating_matrix_product_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  int64_t i, j;
  if (depth <= 0 || (rows < 4 && columns < 4)) {
    for (i = 0; i < rows; i++) {
      for (j = 0; j < columns; j++) {
        c[i * c_row + j * c_column] = grad_annihilating_product_strided_f64(depth, a + i * a_row, a_depth, b + j * b_column, b_depth);
      }
    }
  } else if (grad_panel_is_left_f64(rows, columns, a_row, b_column)) {
    grad_matrix_panels_left_f64(columns, rows, depth, b, b_column, b_depth, a, a_depth, a_row, c, c_column, c_row);
  } else {
    grad_matrix_panels_right_f64(rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column);
  }
}
/* end */
#endif
