#include "../include/grad_threads.h"
#include <stdatomic.h>
#include <string.h>
#include "../functions/grad_view.h"
#include "function_table.h"

/*
  Products that go to several threads: c is cut into pieces, each the product of some rows and some columns. Which, decides how fast
  and never which bits, for every element is a sum of its own. The versions for one thread are the only ones that embedded C has.
*/
static grad_function_table alone;
extern _Atomic int grad_threads_that_share_all;

/* About the nanoseconds that it takes one thread, at 32 products in each. */
static int64_t duration(int64_t rows, int64_t columns, int64_t depth) {
  const double nanoseconds = (double)rows * (double)columns * (double)depth / 32;
  return nanoseconds < 1e15 ? (int64_t)nanoseconds : (int64_t)1e15;
}

#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
#define TAIL_CALL __attribute__((musttail)) return
#else
#define TAIL_CALL
#endif

/* Small products are many, and the way to them counts: they are passed on with their arguments where these are, before the thread is asked for
   anything of its own. */
static int is_small(int64_t rows, int64_t columns, int64_t depth) {
  return (uint64_t)(rows | columns | depth) < 32 && atomic_load_explicit(&grad_threads_that_share_all, memory_order_relaxed) == 0;
}

/* Products that take less, as `duration` has it, lose more than they win: what follows finds half of the result in another processor's cache. Those of
   w3 with 256 rows by 10 classes, at 10,240, made these and the kernels around them 12 microseconds slower on an Intel server. */
#define LEAST_SHARED 12000

static int is_shared(int64_t rows, int64_t columns, int64_t depth) {
  return grad_threads() > 1 && rows > 0 && columns > 0 && (duration(rows, columns, depth) > LEAST_SHARED || grad_shares_all());
}

/* So many pieces for each thread, for threads do not run evenly. */
#define SHARES 4
/* Pieces are of whole panels along the vectors, and of whole tiles across them; see grad_matrix_product_f32.h. */
#define PANEL 64
#define TILE 12

typedef struct {
  int64_t rows, columns, down, across;
  int64_t row_unit, column_unit;
} Grid;

static int64_t units(int64_t count, int64_t unit) { return (count + unit - 1) / unit; }
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* Which side is cut first: what a piece copies of the other one, each piece copies again. The side along the vectors goes into panels where it does not
   lie along them, or is large or in few sets of the caches, and of the other one rows that lie across the memory are copied
   (grad_matrix_along_columns_f32 decides by about that). Where neither is copied, the longer. */
static int cuts_along(int64_t depth, int64_t along, int64_t along_step, int64_t along_depth, int64_t others, int64_t others_step, int64_t others_depth) {
  const int copies_along = along_step != 1 || depth * along > 262144 || along_depth % 512 == 0;
  const int copies_others = others_step == 1 && others_depth != 1;
  if (copies_along && copies_others) return along >= others;
  return copies_along != copies_others ? copies_along : along > others;
}

/* Single rows and columns where tests ask for it. */
static Grid grid(int64_t rows, int64_t columns, int vectors_are_rows, int along_first) {
  const int64_t wanted = SHARES * grad_threads();
  const int64_t panel = grad_shares_all() ? 1 : PANEL, tile = grad_shares_all() ? 1 : TILE;
  const int64_t panels = units(vectors_are_rows ? rows : columns, panel), tiles = units(vectors_are_rows ? columns : rows, tile);
  const int64_t first = least(wanted, along_first ? panels : tiles), second = least(units(wanted, first), along_first ? tiles : panels);
  const int64_t along = along_first ? first : second, others = along_first ? second : first;
  if (vectors_are_rows) return (Grid){rows, columns, along, others, panel, tile};
  return (Grid){rows, columns, others, along, tile, panel};
}
/* Where part `place` of `parts` begins; each is of whole units. */
static int64_t start(int64_t count, int64_t unit, int64_t parts, int64_t place) {
  return least(count, units(count, unit) * place / parts * unit);
}

typedef struct {
  Grid grid;
  int64_t depth, a_row, a_depth, b_depth, b_column, c_row, c_column;
  const void *a, *b;
  void *c;
} Matrix;

#define SHARED_MATRIX(name, type) \
  static void name##_piece(void *context, int64_t piece) { \
    const Matrix *p = context; \
    const Grid *g = &p->grid; \
    const int64_t row = start(g->rows, g->row_unit, g->down, piece / g->across); \
    const int64_t column = start(g->columns, g->column_unit, g->across, piece % g->across); \
    alone.name(start(g->rows, g->row_unit, g->down, piece / g->across + 1) - row, \
               start(g->columns, g->column_unit, g->across, piece % g->across + 1) - column, p->depth, \
               (const type *)p->a + row * p->a_row, p->a_row, p->a_depth, \
               (const type *)p->b + column * p->b_column, p->b_depth, p->b_column, \
               (type *)p->c + row * p->c_row + column * p->c_column, p->c_row, p->c_column); \
  } \
  __attribute__((noinline)) static void large_##name( \
    int64_t rows, int64_t columns, int64_t depth, const type *a, int64_t a_row, int64_t a_depth, const type *b, int64_t b_depth, \
    int64_t b_column, type *c, int64_t c_row, int64_t c_column) { \
    if (!is_shared(rows, columns, depth)) { \
      alone.name(rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column); \
      return; \
    } \
    const int turned = c_row == 1 && (c_column != 1 || columns < rows); \
    const int along = turned ? cuts_along(depth, rows, a_row, a_depth, columns, b_column, b_depth) \
                             : cuts_along(depth, columns, b_column, b_depth, rows, a_row, a_depth); \
    Matrix p = {grid(rows, columns, turned, along), depth, a_row, a_depth, b_depth, b_column, c_row, c_column, a, b, c}; \
    grad_parallel(p.grid.down * p.grid.across, duration(rows, columns, depth), name##_piece, &p); \
  } \
  static void shared_##name( \
    int64_t rows, int64_t columns, int64_t depth, const type *a, int64_t a_row, int64_t a_depth, const type *b, int64_t b_depth, \
    int64_t b_column, type *c, int64_t c_row, int64_t c_column) { \
    void (*const next)(int64_t, int64_t, int64_t, const type *, int64_t, int64_t, const type *, int64_t, int64_t, type *, int64_t, int64_t) = \
      is_small(rows, columns, depth) ? alone.name : large_##name; \
    TAIL_CALL next(rows, columns, depth, a, a_row, a_depth, b, b_depth, b_column, c, c_row, c_column); \
  }

/* A matrix by a vector, or rows by rows: some rows each. */
typedef struct {
  int64_t pieces, unit, rows, depth, a_row, a_step, b_row, b_step;
  const void *a, *b;
  void *result;
} Rows;

#define SHARED_ROWS(name, type) \
  static void name##_piece(void *context, int64_t piece) { \
    const Rows *p = context; \
    const int64_t row = start(p->rows, p->unit, p->pieces, piece); \
    alone.name(start(p->rows, p->unit, p->pieces, piece + 1) - row, (type *)p->result + row, p->depth, \
               (const type *)p->a + row * p->a_row, p->a_row, p->a_step, (const type *)p->b + row * p->b_row, p->b_row, p->b_step); \
  } \
  static void shared_##name( \
    int64_t rows, type *result, int64_t depth, const type *a, int64_t a_row, int64_t a_step, const type *b, int64_t b_row, int64_t b_step) { \
    if (is_small(rows, 1, depth) || !is_shared(rows, 1, depth)) { \
      alone.name(rows, result, depth, a, a_row, a_step, b, b_row, b_step); \
      return; \
    } \
    const int64_t unit = grad_shares_all() ? 1 : 16; \
    Rows p = {least(SHARES * grad_threads(), units(rows, unit)), unit, rows, depth, a_row, a_step, b_row, b_step, a, b, result}; \
    grad_parallel(p.pieces, duration(rows, 1, depth), name##_piece, &p); \
  }

/* Through a view the outermost axis of the rows or of the columns is cut. */
#define MOST_AXES 16

typedef struct {
  int cuts_rows;
  int64_t pieces;
  const int64_t *a_rows, *a_depth, *b_depth, *b_columns;
  const void *a, *b;
  void *c;
  int64_t c_row, c_column;
  int64_t duration;
} View;

static View view(const int64_t *a_rows, const int64_t *a_depth, const int64_t *b_columns) {
  const int prefers_rows = grad_view_count(a_rows) > grad_view_count(b_columns);
  View p = {.cuts_rows = prefers_rows ? a_rows[1] > 1 : b_columns[1] <= 1, .pieces = 1, .a_rows = a_rows, .a_depth = a_depth, .b_columns = b_columns};
  p.duration = duration(grad_view_count(a_rows), grad_view_count(b_columns), grad_view_count(a_depth));
  const int64_t *cut = p.cuts_rows ? a_rows : b_columns;
  if (cut[0] <= MOST_AXES) p.pieces = least(cut[1], SHARES * grad_threads());
  return p;
}

#define SHARED_VIEW(name, type) \
  static void name##_piece(void *context, int64_t piece) { \
    const View *p = context; \
    const int64_t *cut = p->cuts_rows ? p->a_rows : p->b_columns; \
    const int64_t first = cut[1] * piece / p->pieces, place = first * (grad_view_count(cut) / cut[1]); \
    int64_t part[1 + 2 * MOST_AXES]; \
    memcpy(part, cut, (size_t)(1 + 2 * cut[0]) * sizeof part[0]); \
    part[1] = cut[1] * (piece + 1) / p->pieces - first; \
    if (p->cuts_rows) { \
      alone.name((const type *)p->a + first * cut[2], part, p->a_depth, p->b, p->b_depth, p->b_columns, \
                 (type *)p->c + place * p->c_row, p->c_row, p->c_column); \
    } else { \
      alone.name(p->a, p->a_rows, p->a_depth, (const type *)p->b + first * cut[2], p->b_depth, part, \
                 (type *)p->c + place * p->c_column, p->c_row, p->c_column); \
    } \
  } \
  static void shared_##name( \
    const type *a, const int64_t *a_rows, const int64_t *a_depth, const type *b, const int64_t *b_depth, const int64_t *b_columns, \
    type *c, int64_t c_row, int64_t c_column) { \
    if (!is_shared(grad_view_count(a_rows), grad_view_count(b_columns), grad_view_count(a_depth))) { \
      alone.name(a, a_rows, a_depth, b, b_depth, b_columns, c, c_row, c_column); \
      return; \
    } \
    View p = view(a_rows, a_depth, b_columns); \
    p.b_depth = b_depth; \
    p.a = a; \
    p.b = b; \
    p.c = c; \
    p.c_row = c_row; \
    p.c_column = c_column; \
    if (p.pieces > 1) { \
      grad_parallel(p.pieces, p.duration, name##_piece, &p); \
    } else { \
      alone.name(a, a_rows, a_depth, b, b_depth, b_columns, c, c_row, c_column); \
    } \
  }

#define PRODUCTS(matrix, rows, view) \
  matrix(grad_matrix_product_f32, float) \
  matrix(grad_matrix_product_f64, double) \
  matrix(grad_annihilating_matrix_product_f32, float) \
  matrix(grad_annihilating_matrix_product_f64, double) \
  rows(grad_dot_rows_f32, float) \
  rows(grad_dot_rows_f64, double) \
  view(grad_view_product_f32, float) \
  view(grad_view_product_f64, double) \
  view(grad_annihilating_view_product_f32, float) \
  view(grad_annihilating_view_product_f64, double)
PRODUCTS(SHARED_MATRIX, SHARED_ROWS, SHARED_VIEW)

void grad_share_products(grad_function_table *table) {
  alone = *table;
#define REPLACE(name, type) table->name = shared_##name;
  PRODUCTS(REPLACE, REPLACE, REPLACE)
}
