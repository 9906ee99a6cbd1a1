#ifndef GRAD_MATRIX_TILE_F64_H
#define GRAD_MATRIX_TILE_F64_H
#include "grad_vector.h"

/*
  What matrix products are made of. A tile of rows × vectors of columns stays in registers for a block of k: one vector of b at a time by
  one number of each row. The operands are read where they are, or from copies in which a tile finds them side by side.

  The text for f64 is that for f32 but for the names of types and the constants' endings.
*/

/* Rows that lie across a are read from a copy: one k after another, in each of them a tile's rows. */
/* runtime: grad_matrix_copied_f64 requires grad_vector_f64 */
#define GRAD_TILE_STRIDE_F64 ((GRAD_TILE_ROWS + GRAD_LANES_F64 - 1) / GRAD_LANES_F64 * GRAD_LANES_F64)
#define GRAD_TILE_SIZE_F64 (256 * GRAD_TILE_STRIDE_F64 + 16)
/* end */

/* A value of k, the first or one after it: a number of each row by vectors of b, the last of which has `last` columns. */
/* runtime: grad_matrix_step_f64 requires grad_vector_f64 */
static inline GRAD_INLINE void grad_matrix_step_f64(int rows, int vectors, int rule, const double **x_of, int64_t a_row, int64_t after, const double *b, int64_t last, grad_vector_f64 (*sum)[16]) {
  grad_vector_f64 y[16], x;
  int i, j;
  GRAD_UNROLL for (j = 0; j < vectors; j++) {
    y[j] = j < vectors - 1 || last == GRAD_LANES_F64 ? grad_vector_load_f64(b + j * GRAD_LANES_F64) : grad_vector_load_part_f64(b + j * GRAD_LANES_F64, last);
  }
  GRAD_UNROLL for (i = 0; i < rows; i++) {
    x = grad_vector_all_f64(x_of[i / 3][i % 3 * a_row + after]);
    GRAD_UNROLL for (j = 0; j < vectors; j++) {
      if (rule == 0) sum[i][j] = grad_vector_fma_f64(x, y[j], sum[i][j]);
      if (rule == 1) sum[i][j] = grad_vector_fma_f64(grad_vector_nonzero_f64(x, y[j]), grad_vector_nonzero_f64(y[j], y[j]), sum[i][j]);
      if (rule == 2) sum[i][j] = grad_vector_fma_f64(grad_vector_nonzero_f64(x, x), grad_vector_nonzero_f64(y[j], x), sum[i][j]);
    }
  }
}
/* end */

/* The addresses of a tile's rows, some values of k later. */
/* runtime: grad_matrix_advance_f64 requires grad_vector */
static inline GRAD_INLINE void grad_matrix_advance_f64(int rows, const double **x_of, int64_t distance) {
  int i;
  GRAD_UNROLL for (i = 0; i < rows; i += 3) {
    x_of[i / 3] += distance;
    GRAD_OWN_ADDRESS(x_of[i / 3]);
  }
}
/* end */

/* Four values of k at a time, with constants for the distances between numbers of a; `count` is a multiple of four. */
/* runtime: grad_matrix_fours_f64 requires grad_matrix_step_f64 grad_matrix_advance_f64 */
static inline GRAD_INLINE void grad_matrix_fours_f64(int rows, int vectors, int rule, int64_t count, const double **x_of, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, grad_vector_f64 (*sum)[16]) {
  int64_t k, line;
  for (k = 0; k < count; k += 4, b += 4 * b_depth) {
    GRAD_OWN_ADDRESS(b);
    GRAD_UNROLL for (line = 0; line < 4; line++) {
      grad_matrix_step_f64(rows, vectors, rule, x_of, a_row, line * a_depth, b + line * b_depth, GRAD_LANES_F64, sum);
    }
    grad_matrix_advance_f64(rows, x_of, 4 * a_depth);
  }
}
/* end */

/* One block of depth ≤ 256. The last of the vectors has `last` columns. `rule`: 1 where a zero of b makes its term +0, 2 a zero of a.
   `ahead`: meanwhile the tile of c is fetched, and `next_rows` rows of up to eight lines of the cache from `next` on: a row with every eight values of k.
   `panel`: meanwhile `next_rows` ≤ depth rows of a whole tile's columns from `next` on are copied there, and those `next_distance` after them fetched. */
/* runtime: grad_matrix_tile_f64 requires grad_matrix_copied_f64 grad_matrix_step_f64 grad_matrix_advance_f64 grad_matrix_fours_f64 */
static inline GRAD_INLINE void grad_matrix_tile_f64(int rows, int vectors, int rule, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t last, double *c, int64_t c_row, int is_first, int ahead, const double *next, int64_t next_row, int64_t next_rows, int64_t next_lines, int64_t next_distance, double *panel) {
  grad_vector_f64 sum[16][16];
  const double *x_of[6];
  int64_t k = 0, line;
  int i, j;
  /* A pointer to every third row: the rows between are a stride or two from it, which is one address. */
  GRAD_UNROLL for (i = 0; i < rows; i += 3) x_of[i / 3] = a + i * a_row;
  GRAD_UNROLL for (i = 0; i < rows; i++) {
    GRAD_UNROLL for (j = 0; j < vectors; j++) sum[i][j] = grad_vector_all_f64(0.0);
  }
  /* Twice, for a load of a part of a vector takes an instruction of those that multiply. */
  if (last == GRAD_LANES_F64) {
    for (; ahead && k + 8 <= depth; k += 8) {
      const int64_t lines = k < 8 * next_rows ? next_lines : 0;
      if (k < 8 * rows * vectors) GRAD_PREFETCH_TO_WRITE(c + k / 8 / vectors * c_row + k / 8 % vectors * GRAD_LANES_F64);
      for (line = 0; line < 8; line++) {
        if (line < lines) GRAD_PREFETCH(next + line * (64 / (int64_t)sizeof(double)));
        grad_matrix_step_f64(rows, vectors, rule, x_of, a_row, 0, b + (k + line) * b_depth, GRAD_LANES_F64, sum);
        grad_matrix_advance_f64(rows, x_of, a_depth);
      }
      next += next_row;
    }
    for (; panel && k < next_rows; k++) {
      const double *from = next + k * next_row;
      GRAD_PREFETCH(from + next_distance);
      GRAD_PREFETCH(from + next_distance + vectors * GRAD_LANES_F64 - 1);
      GRAD_UNROLL for (j = 0; j < vectors; j++) {
        grad_vector_store_f64(panel + (k * vectors + j) * GRAD_LANES_F64, grad_vector_load_f64(from + j * GRAD_LANES_F64));
      }
      grad_matrix_step_f64(rows, vectors, rule, x_of, a_row, 0, b + k * b_depth, GRAD_LANES_F64, sum);
      grad_matrix_advance_f64(rows, x_of, a_depth);
    }
    /* Where a step has few products, what counts values of k and moves addresses takes a part of the time. */
    if (GRAD_VECTOR_BYTES == 32 && rows * vectors >= 8 && (a_depth == 1 || (a_row == 1 && a_depth == GRAD_TILE_STRIDE_F64))) {
      const int64_t count = (depth - k) / 4 * 4;
      if (a_depth == 1) grad_matrix_fours_f64(rows, vectors, rule, count, x_of, a_row, 1, b + k * b_depth, b_depth, sum);
      else grad_matrix_fours_f64(rows, vectors, rule, count, x_of, 1, GRAD_TILE_STRIDE_F64, b + k * b_depth, b_depth, sum);
      k += count;
    }
    for (; k < depth; k++) {
      grad_matrix_step_f64(rows, vectors, rule, x_of, a_row, 0, b + k * b_depth, GRAD_LANES_F64, sum);
      grad_matrix_advance_f64(rows, x_of, a_depth);
    }
  } else {
    for (; k < depth; k++) {
      grad_matrix_step_f64(rows, vectors, rule, x_of, a_row, 0, b + k * b_depth, last, sum);
      grad_matrix_advance_f64(rows, x_of, a_depth);
    }
  }
  GRAD_UNROLL for (i = 0; i < rows; i++) {
    double *place = c + i * c_row;
    if (!is_first) {
      GRAD_UNROLL for (j = 0; j < vectors - 1; j++) {
        sum[i][j] = grad_vector_add_f64(grad_vector_load_f64(place + j * GRAD_LANES_F64), sum[i][j]);
      }
      sum[i][j] = grad_vector_add_f64(last == GRAD_LANES_F64 ? grad_vector_load_f64(place + j * GRAD_LANES_F64) : grad_vector_load_part_f64(place + j * GRAD_LANES_F64, last), sum[i][j]);
    }
    GRAD_UNROLL for (j = 0; j < vectors - 1; j++) grad_vector_store_f64(place + j * GRAD_LANES_F64, sum[i][j]);
    grad_vector_store_part_f64(place + (vectors - 1) * GRAD_LANES_F64, last, sum[i][vectors - 1]);
  }
}
/* end */

/* c = a b of at most 32 rows, columns and values of k, known to the compiler, which makes one list of instructions of each tile. The columns of c
   lie side by side, and those of b or there are at most 16 of them and of k: then b is copied. The bits of grad_matrix_product_f64. */
/* runtime: grad_matrix_fixed_panel_f64 requires grad_matrix_tile_f64 */
static inline GRAD_INLINE void grad_matrix_fixed_panel_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, double *c, int64_t c_row) {
  const int vectors = columns > GRAD_LANES_F64 ? 2 : 1, tile = vectors == 2 || GRAD_TILE_ROWS == 6 ? GRAD_TILE_ROWS : 16;
  const int64_t last = columns - (vectors - 1) * GRAD_LANES_F64;
  int64_t row;
  /* With tiles of six rows two of three to five instead of a whole one and one of too few sums at once. */
  const int left = (int)(rows % tile), upper = tile == 6 && rows > 6 && left != 0 && left < 5 ? (left + 7) / 2 : 0, lower = upper ? left + 6 - upper : left;
  for (row = 0; row + tile <= rows - upper - lower; row += tile) {
    grad_matrix_tile_f64(tile, vectors, 0, depth, a + row * a_row, a_row, a_depth, b, b_depth, last, c + row * c_row, c_row, 1, 0, 0, 0, 0, 0, 0, 0);
  }
  if (upper != 0) grad_matrix_tile_f64(upper, vectors, 0, depth, a + row * a_row, a_row, a_depth, b, b_depth, last, c + row * c_row, c_row, 1, 0, 0, 0, 0, 0, 0, 0);
  row += upper;
  if (lower != 0) grad_matrix_tile_f64(lower, vectors, 0, depth, a + row * a_row, a_row, a_depth, b, b_depth, last, c + row * c_row, c_row, 1, 0, 0, 0, 0, 0, 0, 0);
}
/* end */

/* runtime: grad_matrix_fixed_f64 requires grad_matrix_fixed_panel_f64 */
static inline GRAD_INLINE void grad_matrix_fixed_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row) {
#if GRAD_VECTOR_BYTES
  GRAD_ALIGNED double copy[16 * 16];
  const int64_t size = 2 * GRAD_LANES_F64;
  int64_t first, j, k;
  if (b_column != 1) {
    for (k = 0; k < depth; k++) {
      for (j = 0; j < columns; j++) copy[k * 16 + j] = b[k * b_depth + j * b_column];
    }
    b = copy;
    b_depth = 16;
  }
  for (first = 0; first + size <= columns; first += size) {
    grad_matrix_fixed_panel_f64(rows, size, depth, a, a_row, a_depth, b + first, b_depth, c + first, c_row);
  }
  if (columns % size != 0) grad_matrix_fixed_panel_f64(rows, columns % size, depth, a, a_row, a_depth, b + first, b_depth, c + first, c_row);
#else
  /* Numbers one by one have no tiles. */
  int64_t row, j, k;
  (void)grad_matrix_fixed_panel_f64;
  for (row = 0; row < rows; row++) {
    for (j = 0; j < columns; j++) {
      double sum = 0.0;
      for (k = 0; k < depth; k++) sum = grad_fma_f64(a[row * a_row + k * a_depth], b[k * b_depth + j * b_column], sum);
      c[row * c_row + j] = sum;
    }
  }
#endif
}
/* end */

/* One function for each size of tile. */
/* runtime: grad_matrix_tiles_f64 requires grad_matrix_tile_f64 */
typedef void (*grad_matrix_tile_function_f64)(int64_t, const double *, int64_t, int64_t, const double *, int64_t, int64_t, double *, int64_t, int);
#define GRAD_MATRIX_TILE_F64(rows, vectors, rule) \
  static void grad_matrix_tile_##rows##_##vectors##_##rule##_f64(int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t last, double *c, int64_t c_row, int is_first) { \
    grad_matrix_tile_f64(rows, vectors, rule, depth, a, a_row, a_depth, b, b_depth, last, c, c_row, is_first, 0, 0, 0, 0, 0, 0, 0); \
  }
#define GRAD_MATRIX_TILES_F64(vectors, rule) \
  GRAD_MATRIX_TILE_F64(1, vectors, rule) \
  GRAD_MATRIX_TILE_F64(2, vectors, rule) \
  GRAD_MATRIX_TILE_F64(3, vectors, rule) \
  GRAD_MATRIX_TILE_F64(4, vectors, rule)
GRAD_MATRIX_TILES_F64(1, 0)
GRAD_MATRIX_TILES_F64(2, 0)
GRAD_MATRIX_TILES_F64(4, 0)
GRAD_MATRIX_TILE_F64(1, 8, 0)
GRAD_MATRIX_TILE_F64(1, 16, 0)
GRAD_MATRIX_TILE_F64(2, 8, 0)
GRAD_MATRIX_TILE_F64(5, 1, 0)
GRAD_MATRIX_TILE_F64(5, 2, 0)
GRAD_MATRIX_TILE_F64(6, 1, 0)
GRAD_MATRIX_TILE_F64(6, 2, 0)
GRAD_MATRIX_TILE_F64(5, 4, 0)
GRAD_MATRIX_TILE_F64(6, 4, 0)
GRAD_MATRIX_TILE_F64(7, 1, 0)
GRAD_MATRIX_TILE_F64(8, 1, 0)
GRAD_MATRIX_TILE_F64(8, 2, 0)
GRAD_MATRIX_TILE_F64(9, 1, 0)
GRAD_MATRIX_TILE_F64(10, 1, 0)
GRAD_MATRIX_TILE_F64(11, 1, 0)
GRAD_MATRIX_TILE_F64(12, 1, 0)
GRAD_MATRIX_TILE_F64(12, 2, 0)
GRAD_MATRIX_TILE_F64(16, 1, 0)
GRAD_MATRIX_TILES_F64(1, 1)
GRAD_MATRIX_TILES_F64(2, 1)
GRAD_MATRIX_TILES_F64(4, 1)
GRAD_MATRIX_TILES_F64(1, 2)
GRAD_MATRIX_TILES_F64(2, 2)
GRAD_MATRIX_TILES_F64(4, 2)
static const grad_matrix_tile_function_f64 grad_matrix_tile_functions_f64[3][17][17] = {
#define GRAD_MATRIX_TILE_PLACE_F64(rows, vectors, rule) [rule][rows][vectors] = grad_matrix_tile_##rows##_##vectors##_##rule##_f64
#define GRAD_MATRIX_TILE_PLACES_F64(vectors, rule) GRAD_MATRIX_TILE_PLACE_F64(1, vectors, rule), GRAD_MATRIX_TILE_PLACE_F64(2, vectors, rule), GRAD_MATRIX_TILE_PLACE_F64(3, vectors, rule), GRAD_MATRIX_TILE_PLACE_F64(4, vectors, rule)
  GRAD_MATRIX_TILE_PLACES_F64(1, 0), GRAD_MATRIX_TILE_PLACES_F64(2, 0), GRAD_MATRIX_TILE_PLACES_F64(4, 0),
  GRAD_MATRIX_TILE_PLACE_F64(1, 8, 0), GRAD_MATRIX_TILE_PLACE_F64(1, 16, 0), GRAD_MATRIX_TILE_PLACE_F64(2, 8, 0),
  GRAD_MATRIX_TILE_PLACE_F64(5, 1, 0), GRAD_MATRIX_TILE_PLACE_F64(5, 2, 0),
  GRAD_MATRIX_TILE_PLACE_F64(6, 1, 0), GRAD_MATRIX_TILE_PLACE_F64(6, 2, 0),
  GRAD_MATRIX_TILE_PLACE_F64(5, 4, 0), GRAD_MATRIX_TILE_PLACE_F64(6, 4, 0),
  GRAD_MATRIX_TILE_PLACE_F64(7, 1, 0), GRAD_MATRIX_TILE_PLACE_F64(9, 1, 0), GRAD_MATRIX_TILE_PLACE_F64(10, 1, 0), GRAD_MATRIX_TILE_PLACE_F64(11, 1, 0),
  GRAD_MATRIX_TILE_PLACE_F64(8, 1, 0), GRAD_MATRIX_TILE_PLACE_F64(8, 2, 0),
  GRAD_MATRIX_TILE_PLACE_F64(12, 1, 0), GRAD_MATRIX_TILE_PLACE_F64(12, 2, 0), GRAD_MATRIX_TILE_PLACE_F64(16, 1, 0),
  GRAD_MATRIX_TILE_PLACES_F64(1, 1), GRAD_MATRIX_TILE_PLACES_F64(2, 1), GRAD_MATRIX_TILE_PLACES_F64(4, 1),
  GRAD_MATRIX_TILE_PLACES_F64(1, 2), GRAD_MATRIX_TILE_PLACES_F64(2, 2), GRAD_MATRIX_TILE_PLACES_F64(4, 2)
};
/* end */

/* A whole tile of a panel, while lines are fetched. */
/* runtime: grad_matrix_tile_ahead_f64 requires grad_matrix_tile_f64 */
static GRAD_APART void grad_matrix_tile_ahead_f64(int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t last, double *c, int64_t c_row, int is_first, const double *next, int64_t next_row, int64_t next_rows, int64_t next_lines) {
  grad_matrix_tile_f64(GRAD_PANEL_ROWS, GRAD_PANEL_VECTORS, 0, depth, a, a_row, a_depth, b, b_depth, last, c, c_row, is_first, 1, next, next_row, next_rows, next_lines, 0, 0);
}
/* end */

/* A whole tile of a panel, while lines of the next one are copied. */
/* runtime: grad_matrix_tile_copying_f64 requires grad_matrix_tile_f64 */
static GRAD_APART void grad_matrix_tile_copying_f64(int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, double *c, int64_t c_row, int is_first, const double *next, int64_t next_row, int64_t next_rows, int64_t next_distance, double *panel) {
  grad_matrix_tile_f64(GRAD_PANEL_ROWS, GRAD_PANEL_VECTORS, 0, depth, a, a_row, a_depth, b, GRAD_PANEL_VECTORS * GRAD_LANES_F64, GRAD_LANES_F64, c, c_row, is_first, 0, next, next_row, next_rows, 0, next_distance, panel);
}
/* end */

/* Some columns of b: panels, each with one k after another, filled up with zeros. */
/* runtime: grad_matrix_pack_f64 requires grad_vector_transpose_f64 */
static inline void grad_matrix_pack_f64(int64_t width, int64_t depth, const double *b, int64_t b_depth, int64_t b_column, double *panels) {
  const int64_t size = GRAD_PANEL_VECTORS * GRAD_LANES_F64;
  int64_t whole = b_depth == 1 && depth >= GRAD_STEP_F64 ? width - width % GRAD_LANES_F64 : 0;
  int64_t filled = (width + GRAD_LANES_F64 - 1) / GRAD_LANES_F64 * GRAD_LANES_F64;
  int64_t i, j, k;
  for (j = 0; j < whole; j += GRAD_LANES_F64) {
    double *panel = panels + j / size * 256 * size + j % size;
    for (k = 0; k < depth; k += GRAD_STEP_F64) {
      grad_vector_f64 y[GRAD_STEP_F64];
      /* The last ones with some of those before. */
      if (k > depth - GRAD_STEP_F64) k = depth - GRAD_STEP_F64;
      grad_vector_transpose_f64(b + j * b_column + k, b_column, y);
      GRAD_UNROLL for (i = 0; i < GRAD_STEP_F64; i++) grad_vector_store_f64(panel + (k + i) * size, y[i]);
    }
  }
  for (j = whole; j < filled; j++) {
    double *panel = panels + j / size * 256 * size + j % size;
    for (k = 0; k < depth; k++) panel[k * size] = j < width ? b[k * b_depth + j * b_column] : 0.0;
  }
}
/* end */

/* The same of columns that lie side by side, for some values of k. */
/* runtime: grad_matrix_pack_lines_f64 requires grad_vector_f64 */
static inline void grad_matrix_pack_lines_f64(int64_t width, int64_t from, int64_t to, const double *b, int64_t b_depth, double *panels) {
  const int64_t size = GRAD_PANEL_VECTORS * GRAD_LANES_F64;
  int64_t j, k;
  for (k = from; k < to; k++) {
    for (j = 0; j < width; j += GRAD_LANES_F64) {
      const double *x = b + k * b_depth + j;
      grad_vector_store_f64(panels + j / size * 256 * size + k * size + j % size, width - j < GRAD_LANES_F64 ? grad_vector_load_part_f64(x, width - j) : grad_vector_load_f64(x));
    }
  }
}
/* end */

/* How many vectors the next tile takes of the columns of a panel that are left. */
/* runtime: grad_matrix_panel_vectors_f64 requires grad_vector_f64 */
static inline int64_t grad_matrix_panel_vectors_f64(int64_t left) {
  if (GRAD_PANEL_VECTORS == 4 && left > 3 * GRAD_LANES_F64) return 4;
  return left > GRAD_LANES_F64 ? 2 : 1;
}
/* end */

/* One tile of c, whose elements lie anywhere. */
/* runtime: grad_matrix_place_f64 requires grad_matrix_tiles_f64 */
static inline void grad_matrix_place_f64(int rule, int64_t rows, int64_t vectors, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t last, double *c, int64_t c_row, int64_t c_column, int is_first) {
  double tile[16 * 2 * GRAD_LANES_F64];
  int64_t columns = (vectors - 1) * GRAD_LANES_F64 + last;
  int64_t i, j;
  if (c_column == 1) {
    grad_matrix_tile_functions_f64[rule][rows][vectors](depth, a, a_row, a_depth, b, b_depth, last, c, c_row, is_first);
    return;
  }
  grad_matrix_tile_functions_f64[rule][rows][vectors](depth, a, a_row, a_depth, b, b_depth, last, tile, vectors * GRAD_LANES_F64, 1);
  for (i = 0; i < rows; i++) {
    for (j = 0; j < columns; j++) {
      double block = tile[i * vectors * GRAD_LANES_F64 + j];
      c[i * c_row + j * c_column] = is_first ? block : c[i * c_row + j * c_column] + block;
    }
  }
}
/* end */

/* Some rows that lie across a, in a copy: tile after tile, in each of them one k after another. The tiles begin in sets of the cache of
   their own. */
/* runtime: grad_matrix_copy_rows_f64 requires grad_matrix_copied_f64 */
static inline void grad_matrix_copy_rows_f64(int64_t rows, int64_t depth, const double *a, int64_t a_depth, double *copy) {
  int64_t row, i, k;
  for (k = 0; k < depth; k++) {
    for (row = 0; row < rows; row += GRAD_TILE_ROWS) {
      int64_t end = rows - row < GRAD_TILE_ROWS ? rows - row : GRAD_TILE_ROWS;
      double *place = copy + row / GRAD_TILE_ROWS * GRAD_TILE_SIZE_F64 + k * GRAD_TILE_STRIDE_F64;
      for (i = 0; i < end; i += GRAD_LANES_F64) {
        const double *x = a + k * a_depth + row + i;
        int64_t left = rows - row - i;
        grad_vector_store_f64(place + i, left < GRAD_LANES_F64 ? grad_vector_load_part_f64(x, left) : grad_vector_load_f64(x));
      }
    }
  }
}
/* end */
#endif
