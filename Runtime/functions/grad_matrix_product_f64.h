#ifndef GRAD_MATRIX_PRODUCT_F64_H
#define GRAD_MATRIX_PRODUCT_F64_H
#include "grad_matrix_tile_f64.h"
#include "grad_product.h"

/*
  Matrix products, c[i, j] = Σ_k a[i, k] b[k, j], each element with the bits of grad_product_strided: within a block of 256 values of k
  one chain of fused multiply-adds, the blocks added in order. Every axis of every operand has its own stride, so transposes cost
  nothing to write; c is written only and overlaps nothing.

  Sizes of tiles, copies and the choice between rows and columns (a b is the transposed bᵀ aᵀ) decide how fast, never which bits.

  The text for f64 is that for f32 but for the names of types and the constants' endings.
*/

/* Up to 256 values of k of some rows and some columns of a product whose b is read where it is. */
/* runtime: grad_matrix_direct_block_f64 requires grad_matrix_place_f64 grad_matrix_most_rows grad_matrix_tile_rows */
static inline void grad_matrix_direct_block_f64(int rule, int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, double *c, int64_t c_row, int64_t c_column, int is_first) {
  /* Few rows take longer vectors, for enough sums at once. */
  int64_t widest = rule || c_column != 1 ? 2 : rows == 1 ? (GRAD_TILE_ROWS == 12 ? 16 : 8) : rows == 2 ? (GRAD_TILE_ROWS == 12 ? 8 : 4) : rows <= 4 && GRAD_TILE_ROWS == 12 ? 4 : GRAD_PANEL_VECTORS;
  int64_t first, row, row_count, vectors, last;
  for (first = 0; first < columns; first += vectors * GRAD_LANES_F64) {
    vectors = widest;
    while ((vectors - 1) * GRAD_LANES_F64 >= columns - first) vectors /= 2;
    last = columns - first - (vectors - 1) * GRAD_LANES_F64;
    if (last > GRAD_LANES_F64) last = GRAD_LANES_F64;
    for (row = 0; row < rows; row += row_count) {
      row_count = grad_matrix_tile_rows(rows - row, grad_matrix_most_rows(rule, vectors));
      grad_matrix_place_f64(rule, row_count, vectors, depth, a + row * a_row, a_row, a_depth, b + first, b_depth, last, c + row * c_row + first * c_column, c_row, c_column, is_first);
    }
  }
}
/* end */

/* b's columns lie side by side and are read where they are: few rows, or all of b in the cache. Where b is small beside c, a few rows of
   c are written from end to end before the next. Rows that lie across a are copied, a tile's at a time, where the nearest cache does not
   hold a and many columns read it: measured to be worth it with vectors of 32 bytes. */
/* runtime: grad_matrix_direct_f64 requires grad_matrix_direct_block_f64 grad_matrix_copy_rows_f64 */
static inline void grad_matrix_direct_f64(int rule, int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, double *c, int64_t c_row, int64_t c_column) {
  GRAD_ALIGNED double copy[GRAD_TILE_SIZE_F64];
  int copies = GRAD_VECTOR_BYTES >= 32 && rule == 0 && a_row == 1 && a_depth != 1 && depth >= 64 && rows * depth >= 8192 && columns >= 16 * GRAD_LANES_F64;
  int64_t band = copies ? GRAD_TILE_ROWS : depth * columns <= 4096 && columns > 2 * GRAD_LANES_F64 ? 4 : rows;
  int64_t start, row;
  for (start = 0; start < depth; start += 256) {
    int64_t count = depth - start < 256 ? depth - start : 256;
    for (row = 0; row < rows; row += band) {
      const double *own = a + row * a_row + start * a_depth;
      int64_t own_rows = rows - row < band ? rows - row : band;
      if (copies) grad_matrix_copy_rows_f64(own_rows, count, own, a_depth, copy);
      grad_matrix_direct_block_f64(rule, own_rows, columns, count, copies ? copy : own, a_row, copies ? GRAD_TILE_STRIDE_F64 : a_depth, b + start * b_depth, b_depth, c + row * c_row, c_row, c_column, start == 0);
    }
  }
}
/* end */

/* Columns that are less than a vector, side by side, which many rows read: b from a copy whose rows are lines of the cache, and c, where it is
   added to, to one, for a part of a vector that lies across two is slow to read and to write. */
/* runtime: grad_matrix_narrow_f64 requires grad_matrix_direct_block_f64 */
static inline void grad_matrix_narrow_f64(int rule, int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, double *c, int64_t c_row) {
  GRAD_ALIGNED double block[256 * GRAD_LANES_F64];
  GRAD_ALIGNED double result[240 * GRAD_LANES_F64];
  const int adds = depth > 256;
  int64_t first, start, row, k;
  for (first = 0; first < rows; first += 240) {
    int64_t own_rows = rows - first < 240 ? rows - first : 240;
    double *place = c + first * c_row;
    for (start = 0; start < depth; start += 256) {
      int64_t count = depth - start < 256 ? depth - start : 256;
      for (k = 0; k < count; k++) grad_vector_store_f64(block + k * GRAD_LANES_F64, grad_vector_load_part_f64(b + (start + k) * b_depth, columns));
      grad_matrix_direct_block_f64(rule, own_rows, adds ? GRAD_LANES_F64 : columns, count, a + first * a_row + start * a_depth, a_row, a_depth, block, GRAD_LANES_F64, adds ? result : place, adds ? GRAD_LANES_F64 : c_row, 1, start == 0);
    }
    for (row = 0; row < own_rows && adds; row++) grad_vector_store_part_f64(place + row * c_row, columns, grad_vector_load_f64(result + row * GRAD_LANES_F64));
  }
}
/* end */

/* The same of rows that lie across a, along the vectors: some of them at a time, which are turned. */
/* runtime: grad_matrix_turned_f64 requires grad_matrix_direct_block_f64 grad_vector_transpose_f64 */
static inline void grad_matrix_turned_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row) {
  GRAD_ALIGNED double tile[GRAD_LANES_F64 * 2 * GRAD_LANES_F64] = {0};
  const int64_t size = 2 * GRAD_LANES_F64;
  int64_t first, start, row, i;
  for (first = 0; first < rows; first += size) {
    int64_t width = rows - first < size ? rows - first : size;
    for (start = 0; start < depth; start += 256) {
      int64_t count = depth - start < 256 ? depth - start : 256;
      grad_matrix_direct_block_f64(0, columns, width, count, b + start * b_depth, b_column, b_depth, a + first + start * a_depth, a_depth, tile, size, 1, start == 0);
    }
    for (row = 0; row < width; row += GRAD_STEP_F64) {
      grad_vector_f64 y[GRAD_STEP_F64];
      grad_vector_transpose_f64(tile + row, size, y);
      for (i = 0; i < GRAD_STEP_F64 && row + i < width; i++) {
        double *place = c + (first + row + i) * c_row;
        /* What is written beyond a row is that of the next rows, which come after it. */
        if (c_row == columns && (width - row - i) * columns >= GRAD_LANES_F64) grad_vector_store_f64(place, y[i]);
        else grad_vector_store_part_f64(place, columns, y[i]);
      }
    }
  }
}
/* end */

/* A block of b is copied into some panels, each as wide as a tile, that stay in the caches while all of a's rows pass; the next block is fetched
   meanwhile, some lines of memory with each tile. Where few rows share a block, and b's columns lie side by side, it is also copied meanwhile,
   into other panels, for a tile takes hardly longer than memory takes to bring what it needs. A panel meets a band of some tiles' rows before the
   next one's turn; the rows are copied where they lie across a, and with vectors of 64 bytes those of the next band are fetched meanwhile. */
/* runtime: grad_matrix_packed_f64 requires grad_matrix_place_f64 grad_matrix_tile_ahead_f64 grad_matrix_pack_f64 grad_matrix_pack_lines_f64 grad_matrix_copy_rows_f64 grad_matrix_panel_vectors_f64 grad_matrix_most_rows grad_matrix_band_rows */
static GRAD_APART void grad_matrix_packed_f64(int rule, int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  GRAD_ALIGNED double panels[GRAD_PANELS * 256 * GRAD_PANEL_VECTORS * GRAD_LANES_F64];
  GRAD_ALIGNED double copy[GRAD_BAND_TILES * GRAD_TILE_SIZE_F64];
  const int64_t size = GRAD_PANEL_VECTORS * GRAD_LANES_F64;
  const int64_t most = rule ? 4 : GRAD_TILE_ROWS;
  int64_t is_far = rows * columns > 65536 && depth >= 8;
  int copies = GRAD_VECTOR_BYTES >= 32 && rule == 0 && a_row == 1 && a_depth != 1;
  int is_ahead = GRAD_VECTOR_BYTES >= 32 && rule == 0 && b_column == 1 && c_column == 1 && rows >= most && rows <= 512;
  const int64_t most_width = (is_ahead ? GRAD_AHEAD_PANELS : GRAD_PANELS) * size;
  /* Which panels the block is in, where there are others, and how many values of k of it are there. */
  int64_t half = 0, ready = 0;
  int64_t first, start, band, band_rows, row, row_count, vectors, i, j, k;
  for (first = 0; first < columns; first += most_width) {
    int64_t width = columns - first < most_width ? columns - first : most_width;
    for (start = 0; start < depth; start += 256) {
      int64_t count = depth - start < 256 ? depth - start : 256;
      int packs_whole = b_column == 1 || count < 64;
      /* What is fetched is spread over a tile's values of k. */
      const int is_spread = rule == 0 && c_column == 1 && (is_ahead || (GRAD_VECTOR_BYTES == 64 && is_far && count == 256));
      double *packed = panels + half * most_width * 256;
      /* The next block: lines of memory of one length. So many are fetched, and so many of them are copied. */
      int64_t next_start = start + 256 < depth ? start + 256 : 0, next_first = start + 256 < depth ? first : first + most_width;
      int64_t next_depth = depth - next_start < 256 ? depth - next_start : 256;
      int64_t next_width = columns - next_first < most_width ? columns - next_first : most_width;
      const double *next = b + next_start * b_depth + next_first * b_column;
      int64_t next_row = b_column == 1 ? b_depth : b_column;
      int64_t next_size = b_column == 1 ? next_width : next_depth;
      int64_t next_lines = next_width <= 0 ? 0 : b_column == 1 ? next_depth : next_width;
      int64_t next_share = is_ahead ? next_lines * size / (rows / GRAD_PANEL_ROWS * width) + 1 : next_lines * most / (2 * rows) + 1;
      int64_t fetched = 0, copied = 0;
      const double *block = b + start * b_depth + first * b_column;
      if (b_column == 1) grad_matrix_pack_lines_f64(width, ready, count, block, b_depth, packed);
      else if (packs_whole) grad_matrix_pack_f64(width, count, block, b_depth, b_column, packed);
      for (band = 0; band < rows; band += band_rows) {
        const double *own = a + band * a_row + start * a_depth;
        int64_t band_lines, band_share, band_fetched = 0;
        band_rows = grad_matrix_band_rows(rows - band, most);
        /* The rows of the next band where they are copied. */
        band_lines = (band_rows * (int64_t)sizeof(double) + 63) / 64;
        band_share = copies && band + band_rows < rows ? count * GRAD_PANEL_ROWS * size / (band_rows * width) + 1 : 0;
        if (copies) grad_matrix_copy_rows_f64(band_rows, count, own, a_depth, copy);
        for (j = 0; j < width; j += vectors * GRAD_LANES_F64) {
          const double *panel = packed + j / size * 256 * size + j % size;
          int64_t tallest, last;
          vectors = grad_matrix_panel_vectors_f64(width - j);
          tallest = grad_matrix_most_rows(rule, vectors);
          last = width - j < vectors * GRAD_LANES_F64 ? width - j - (vectors - 1) * GRAD_LANES_F64 : GRAD_LANES_F64;
          /* Long columns are turned a panel at a time. */
          if (band == 0 && !packs_whole && j % size == 0) grad_matrix_pack_f64(width - j < size ? width - j : size, count, block + j * b_column, b_depth, b_column, packed + j * 256);
          for (row = 0; row < band_rows; row += row_count) {
            const double *x = copies ? copy + row / most * GRAD_TILE_SIZE_F64 + row % most : own + row * a_row;
            int64_t x_depth = copies ? GRAD_TILE_STRIDE_F64 : a_depth;
            int64_t left = copies && band_rows - row > most - row % most ? most - row % most : band_rows - row;
            int64_t share = next_lines - fetched < next_share ? next_lines - fetched : next_share;
            double *place = c + (band + row) * c_row + (first + j) * c_column;
            row_count = is_ahead && (left == tallest || left >= tallest + 4) ? tallest : grad_matrix_tile_rows(left, tallest);
            if (is_ahead) {
              grad_matrix_pack_lines_f64(next_width, copied, fetched, next, b_depth, panels + (1 - half) * most_width * 256);
              copied = fetched;
            } else {
              for (; share > 0; share--, fetched++) {
                for (k = 0; k < next_size; k += GRAD_AHEAD_BYTES / (int64_t)sizeof(double)) GRAD_PREFETCH(next + fetched * next_row + k);
              }
            }
            if (is_spread && row_count == GRAD_PANEL_ROWS && vectors == GRAD_PANEL_VECTORS && last == GRAD_LANES_F64) {
              if (is_ahead) {
                grad_matrix_tile_ahead_f64(count, x, a_row, x_depth, panel, size, last, place, c_row, start == 0, next + fetched * next_row, next_row, share, GRAD_AHEAD_LINES);
                fetched += share;
              } else {
                share = count - band_fetched < band_share ? count - band_fetched : band_share;
                grad_matrix_tile_ahead_f64(count, x, a_row, x_depth, panel, size, last, place, c_row, start == 0, own + band_rows + band_fetched * a_depth, a_depth, share, band_lines);
                band_fetched += share;
              }
              continue;
            }
            for (i = 0; i < row_count && is_far; i++) {
              for (k = 0; k < vectors; k++) GRAD_PREFETCH_TO_WRITE(place + i * c_row + k * GRAD_LANES_F64);
            }
            grad_matrix_place_f64(rule, row_count, vectors, count, x, a_row, x_depth, panel, size, last, place, c_row, c_column, start == 0);
          }
        }
      }
      if (is_ahead) half = 1 - half;
      ready = copied;
    }
  }
}
/* end */

/* Lines of b on their way into a panel: a share of them with each tile. */
/* runtime: grad_matrix_lines_f64 */
typedef struct {
  const double *from;
  int64_t row, width, count, done, share;
  double *panel;
} grad_matrix_lines_f64;
/* end */

/* One tile of a panel that has a copy, and the next share of the lines. */
/* runtime: grad_matrix_streamed_tile_f64 requires grad_matrix_lines_f64 grad_matrix_place_f64 grad_matrix_tile_copying_f64 grad_matrix_pack_lines_f64 grad_matrix_panel_vectors_f64 */
static inline void grad_matrix_streamed_tile_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *panel, double *c, int64_t c_row, int is_first, grad_matrix_lines_f64 *lines) {
  const int64_t size = GRAD_PANEL_VECTORS * GRAD_LANES_F64, left = lines->count - lines->done, share = left < lines->share ? left : lines->share;
  const double *next = lines->from + lines->done * lines->row;
  int64_t i;
  for (i = 0; i < rows; i++) GRAD_PREFETCH_TO_WRITE(c + i * c_row);
  if (rows == GRAD_PANEL_ROWS && columns == size && lines->width == size && share > 0 && share <= depth) {
    /* After the last of them come the first of the panel after the next, which is most often its neighbour. */
    grad_matrix_tile_copying_f64(depth, a, a_row, a_depth, panel, c, c_row, is_first, next, lines->row, share, share < left ? share * lines->row : size - lines->done * lines->row, lines->panel + lines->done * size);
  } else {
    const int64_t vectors = grad_matrix_panel_vectors_f64(columns);
    grad_matrix_pack_lines_f64(lines->width, lines->done, lines->done + share, lines->from, lines->row, lines->panel);
    grad_matrix_place_f64(0, rows, vectors, depth, a, a_row, a_depth, panel, size, columns - (vectors - 1) * GRAD_LANES_F64, c, c_row, 1, is_first);
  }
  lines->done += share;
}
/* end */

/* A product by panels with vectors of 32 bytes, where the columns of b and c lie side by side: while the first band of rows passes a panel the next
   one is copied, some values of k with each tile, into a ring of one panel more than a block has. */
/* runtime: grad_matrix_streamed_f64 requires grad_matrix_streamed_tile_f64 grad_matrix_copy_rows_f64 grad_matrix_tile_rows grad_matrix_band_rows */
static GRAD_APART void grad_matrix_streamed_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, double *c, int64_t c_row) {
  GRAD_ALIGNED double panels[(GRAD_PANELS + 1) * 256 * GRAD_PANEL_VECTORS * GRAD_LANES_F64];
  GRAD_ALIGNED double copy[GRAD_BAND_TILES * GRAD_TILE_SIZE_F64];
  const int64_t size = GRAD_PANEL_VECTORS * GRAD_LANES_F64, most = GRAD_TILE_ROWS;
  const int copies = a_row == 1 && a_depth != 1;
  const int64_t x_depth = copies ? GRAD_TILE_STRIDE_F64 : a_depth;
  const int64_t ring = columns < GRAD_PANELS * size ? (columns + size - 1) / size + 1 : GRAD_PANELS + 1;
  /* The number of the block's first panel; the rest of a panel's number by that of the ring is its place there. */
  int64_t number = 0;
  int64_t first, start, band, row, row_count, j, i, k;
  grad_matrix_pack_lines_f64(columns < size ? columns : size, 0, depth < 256 ? depth : 256, b, b_depth, panels);
  for (first = 0; first < columns; first += GRAD_PANELS * size) {
    const int64_t width = columns - first < GRAD_PANELS * size ? columns - first : GRAD_PANELS * size;
    for (start = 0; start < depth; start += 256) {
      const int64_t count = depth - start < 256 ? depth - start : 256;
      for (band = 0; band < rows; band += GRAD_BAND_TILES * most) {
        const int64_t left = rows - band, band_rows = grad_matrix_band_rows(left, most);
        const double *own = a + band * a_row + start * a_depth;
        /* Of rows that are copied those of the next band are fetched, some values of k with each tile. */
        const int64_t ahead_rows = left - band_rows < band_rows ? left - band_rows : band_rows, ahead_share = count * most * size / (band_rows * width) + 1;
        int64_t ahead = copies && ahead_rows > 0 ? 0 : count;
        if (copies) grad_matrix_copy_rows_f64(band_rows, count, own, a_depth, copy);
        for (j = 0; j < width; j += size) {
          /* The next panel is of this block, of the next values of k or of the next columns. */
          const int is_last = j + size >= width, is_end = is_last && start + 256 >= depth;
          const int64_t next_first = is_end ? first + width : is_last ? first : first + j + size, next_start = is_end ? 0 : is_last ? start + 256 : start;
          const double *panel = panels + (number + j / size) % ring * 256 * size;
          grad_matrix_lines_f64 lines = {b + next_start * b_depth + next_first, b_depth, columns - next_first, depth - next_start, 0, 0, panels + (number + j / size + 1) % ring * 256 * size};
          if (lines.width > size) lines.width = size;
          if (lines.count > 256) lines.count = 256;
          if (band > 0 || lines.width <= 0) lines.count = 0;
          lines.share = lines.count * most / band_rows + 1;
          for (row = 0; row < band_rows; row += row_count) {
            const double *x = copies ? copy + row / most * GRAD_TILE_SIZE_F64 + row % most : own + row * a_row;
            row_count = grad_matrix_tile_rows(copies && band_rows - row > most - row % most ? most - row % most : band_rows - row, most);
            grad_matrix_streamed_tile_f64(row_count, width - j < size ? width - j : size, count, x, a_row, x_depth, panel, c + (band + row) * c_row + first + j, c_row, start == 0, &lines);
            for (i = 0; i < ahead_share && ahead < count; i++, ahead++) {
              for (k = 0; k < ahead_rows; k += 64 / (int64_t)sizeof(double)) GRAD_PREFETCH(own + band_rows + ahead * a_depth + k);
            }
          }
          grad_matrix_pack_lines_f64(lines.width, lines.done, lines.count, lines.from, lines.row, lines.panel);
        }
      }
      number += (width + size - 1) / size;
    }
  }
}
/* end */

/* One or two rows by vectors of such columns, which are turned in registers: that costs less than to store and to load them. */
/* runtime: grad_matrix_dots_f64 requires grad_vector_transpose_f64 */
static inline GRAD_INLINE void grad_matrix_dots_f64(int rows, int groups, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_column, double *c, int64_t c_row, int is_first) {
  grad_vector_f64 sum[2][4], y[GRAD_STEP_F64];
  double numbers[GRAD_LANES_F64];
  int64_t k;
  int g, i, s;
  GRAD_UNROLL for (i = 0; i < rows; i++) {
    GRAD_UNROLL for (g = 0; g < groups; g++) sum[i][g] = grad_vector_all_f64(0.0);
  }
  for (k = 0; k + GRAD_STEP_F64 <= depth; k += GRAD_STEP_F64) {
    GRAD_UNROLL for (g = 0; g < groups; g++) {
      grad_vector_transpose_f64(b + k + g * GRAD_LANES_F64 * b_column, b_column, y);
      GRAD_UNROLL for (s = 0; s < GRAD_STEP_F64; s++) {
        GRAD_UNROLL for (i = 0; i < rows; i++) {
          sum[i][g] = grad_vector_fma_f64(grad_vector_all_f64(a[i * a_row + (k + s) * a_depth]), y[s], sum[i][g]);
        }
      }
    }
  }
  for (; k < depth; k++) {
    GRAD_UNROLL for (g = 0; g < groups; g++) {
      for (s = 0; s < GRAD_LANES_F64; s++) numbers[s] = b[k + (g * GRAD_LANES_F64 + s) * b_column];
      GRAD_UNROLL for (i = 0; i < rows; i++) {
        sum[i][g] = grad_vector_fma_f64(grad_vector_all_f64(a[i * a_row + k * a_depth]), grad_vector_load_f64(numbers), sum[i][g]);
      }
    }
  }
  GRAD_UNROLL for (i = 0; i < rows; i++) {
    GRAD_UNROLL for (g = 0; g < groups; g++) {
      double *place = c + i * c_row + g * GRAD_LANES_F64;
      if (!is_first) sum[i][g] = grad_vector_add_f64(grad_vector_load_f64(place), sum[i][g]);
      grad_vector_store_f64(place, sum[i][g]);
    }
  }
}
/* end */

/* A row, or two, by columns that do not lie side by side. */
/* runtime: grad_matrix_skinny_f64 requires grad_matrix_dots_f64 grad_matrix_packed_f64 */
static inline void grad_matrix_skinny_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_column, double *c, int64_t c_row) {
  int64_t start, first;
  int64_t whole = columns - columns % GRAD_LANES_F64;
  int64_t wide = columns - columns % (2 * GRAD_LANES_F64);
  for (start = 0; start < depth; start += 256) {
    int64_t count = depth - start < 256 ? depth - start : 256;
    const double *x = a + start * a_depth;
    for (first = 0; first < wide && rows == 1; first += 2 * GRAD_LANES_F64) {
      grad_matrix_dots_f64(1, 2, count, x, a_row, a_depth, b + start + first * b_column, b_column, c + first, c_row, start == 0);
    }
    for (; first < whole && rows == 1; first += GRAD_LANES_F64) {
      grad_matrix_dots_f64(1, 1, count, x, a_row, a_depth, b + start + first * b_column, b_column, c + first, c_row, start == 0);
    }
    for (; first + 2 * GRAD_LANES_F64 <= whole; first += 2 * GRAD_LANES_F64) {
      grad_matrix_dots_f64(2, 2, count, x, a_row, a_depth, b + start + first * b_column, b_column, c + first, c_row, start == 0);
    }
    for (; first < whole; first += GRAD_LANES_F64) {
      grad_matrix_dots_f64(2, 1, count, x, a_row, a_depth, b + start + first * b_column, b_column, c + first, c_row, start == 0);
    }
  }
  if (whole < columns) grad_matrix_packed_f64(0, rows, columns - whole, depth, a, a_row, a_depth, b + whole * b_column, 1, b_column, c + whole, c_row, 1);
}
/* end */

/* The columns of b along the vectors. */
/* runtime: grad_matrix_along_columns_f64 requires grad_matrix_skinny_f64 grad_matrix_direct_f64 grad_matrix_narrow_f64 grad_matrix_streamed_f64 grad_matrix_packed_f64 */
static inline void grad_matrix_along_columns_f64(int rule, int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  const int streams = GRAD_VECTOR_BYTES == 32 && rule == 0 && b_column == 1 && c_column == 1 && rows >= 24;
  /* Blocks that do not fit into the caches, or are copied at little cost, or that lie in few of their sets; for fewer rows, what is fetched from
     memory while they pass. */
  int is_large = rows >= 24 && (depth * columns >= (streams ? 32768 : GRAD_VECTOR_BYTES == 32 ? 131073 : 262145) || (b_depth % 512 == 0 && depth >= 32));
  /* Few rows by lines that come from memory, the more so where these share few sets of the caches: more of each line at a time. */
  int is_scarce = depth * columns > 8388608 && rows <= (b_depth % 1024 == 0 ? 128 : 40);
  if (GRAD_VECTOR_BYTES >= 32 && rows >= GRAD_TILE_ROWS && depth * columns > 8388608) is_large = 1;
  if (b_column == 1 && c_column == 1 && columns < GRAD_LANES_F64 && rows >= 64) {
    grad_matrix_narrow_f64(rule, rows, columns, depth, a, a_row, a_depth, b, b_depth, c, c_row);
  } else if (b_column == 1 && !is_large) {
    grad_matrix_direct_f64(rule, rows, columns, depth, a, a_row, a_depth, b, b_depth, c, c_row, c_column);
  } else if (rule == 0 && rows <= 2 && b_depth == 1 && c_column == 1) {
    grad_matrix_skinny_f64(rows, columns, depth, a, a_row, a_depth, b, b_column, c, c_row);
  } else if (streams && !is_scarce) {
    grad_matrix_streamed_f64(rows, columns, depth, a, a_row, a_depth, b, b_depth, c, c_row);
  } else {
    grad_matrix_packed_f64(rule, rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column);
  }
}
/* end */

/* About the cycles that a product takes with b's columns along the vectors: products, copies, results that are placed one by one. */
/* runtime: grad_matrix_cost_f64 requires grad_vector_f64 */
static inline int64_t grad_matrix_cost_f64(int64_t rows, int64_t columns, int64_t depth, int64_t b_depth, int64_t b_column, int64_t c_column) {
  int64_t products = depth * rows * ((columns + GRAD_LANES_F64 - 1) / GRAD_LANES_F64) / 2;
  int64_t copies = b_column == 1 ? 0 : b_depth == 1 ? depth * columns / GRAD_STEP_F64 : depth * columns;
  return products + copies + (c_column == 1 ? 0 : 2 * rows * columns * ((depth + 255) / 256));
}
/* end */

/* By rows or by columns. A product is that of the transposed operands, with the same bits. */
/* runtime: grad_matrix_any_f64 requires grad_matrix_along_columns_f64 grad_matrix_turned_f64 grad_matrix_cost_f64 grad_product_strided_f64 grad_annihilating_product_strided_f64 */
static inline void grad_matrix_any_f64(int rule, int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  int64_t i, j;
  if (rows <= 0 || columns <= 0) return;
  if (depth <= 0 || (rows == 1 && columns == 1)) {
    for (i = 0; i < rows; i++) {
      for (j = 0; j < columns; j++) {
        const double *x = a + i * a_row;
        const double *y = b + j * b_column;
        c[i * c_row + j * c_column] = rule ? grad_annihilating_product_strided_f64(depth, x, a_depth, y, b_depth) : grad_product_strided_f64(depth, x, a_depth, y, b_depth);
      }
    }
  } else if (rule == 0 && columns > 1 && columns < GRAD_LANES_F64 && rows >= 64 && a_row == 1 && c_column == 1) {
    grad_matrix_turned_f64(rows, columns, depth, a, a_depth, b, b_depth, b_column, c, c_row);
  } else if ((c_column != 1 || columns < 2 * GRAD_LANES_F64) && grad_matrix_cost_f64(columns, rows, depth, a_depth, a_row, c_row) < grad_matrix_cost_f64(rows, columns, depth, b_depth, b_column, c_column)) {
    grad_matrix_along_columns_f64(rule == 1 ? 2 : 0, columns, rows, depth, b, b_column, b_depth, a, a_depth, a_row, c, c_column, c_row);
  } else {
    grad_matrix_along_columns_f64(rule, rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column);
  }
}
/* end */

/* Up to 16 rows, columns and values of k, from a copy of b where its columns do not lie side by side; 0 where it is more. */
/* runtime: grad_matrix_small_f64 requires grad_matrix_direct_block_f64 */
static inline int grad_matrix_small_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row) {
  GRAD_ALIGNED double copy[16 * 16];
  int64_t j, k;
  if ((uint64_t)(rows - 1) >= 16 || (uint64_t)(columns - 1) >= 16 || (uint64_t)(depth - 1) >= 16) return 0;
  if (b_column != 1) {
    for (k = 0; k < depth; k++) {
      for (j = 0; j < columns; j++) copy[k * 16 + j] = b[k * b_depth + j * b_column];
    }
    b = copy;
    b_depth = 16;
  }
  grad_matrix_direct_block_f64(0, rows, columns, depth, a, a_row, a_depth, b, b_depth, c, c_row, 1, 1);
  return 1;
}
/* end */

/* All but the smallest products. */
/* runtime: grad_matrix_general_f64 requires grad_matrix_any_f64 grad_matrix_small_f64 */
static GRAD_APART void grad_matrix_general_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  if (c_column == 1 && grad_matrix_small_f64(rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row)) return;
  if (c_row == 1 && grad_matrix_small_f64(columns, rows, depth, b, b_column, b_depth, a, a_depth, a_row, c, c_column)) return;
  grad_matrix_any_f64(0, rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column);
}
/* end */

/* c = a b. */
/* runtime: grad_matrix_product_f64 requires grad_matrix_general_f64 */
static inline void grad_matrix_product_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  /* What is one tile of one vector goes straight to it. */
  if ((uint64_t)(rows - 1) < 16 && (uint64_t)(columns - 1) < GRAD_LANES_F64 && (uint64_t)(depth - 1) < 256 && b_column == 1 && c_column == 1) {
    grad_matrix_tile_function_f64 tile = grad_matrix_tile_functions_f64[0][rows][1];
    if (tile) {
      tile(depth, a, a_row, a_depth, b, b_depth, columns, c, c_row, 1);
      return;
    }
  }
  grad_matrix_general_f64(rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column);
}
/* end */

/* c = a b, where a term whose element of b is 0 counts as +0. */
/* runtime: grad_annihilating_matrix_product_f64 requires grad_matrix_any_f64 */
static inline void grad_annihilating_matrix_product_f64(int64_t rows, int64_t columns, int64_t depth, const double *a, int64_t a_row, int64_t a_depth, const double *b, int64_t b_depth, int64_t b_column, double *c, int64_t c_row, int64_t c_column) {
  grad_matrix_any_f64(1, rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column);
}
/* end */
#endif
