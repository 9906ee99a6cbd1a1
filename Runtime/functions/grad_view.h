#ifndef GRAD_VIEW_H
#define GRAD_VIEW_H
#include "grad_base.h"

/*
  One side of a product as several axes of an array: their number, then for each, from the outermost on, its extent and its stride. An
  index counts over them in row-major order.
*/

/* runtime: grad_view_count */
#define GRAD_VIEW_EXTENT(axes) ((axes)[2 * (axes)[0] - 1])
#define GRAD_VIEW_STRIDE(axes) ((axes)[2 * (axes)[0]])
static inline int64_t grad_view_count(const int64_t *axes) {
  int64_t count = 1, i;
  for (i = 0; i < axes[0]; i++) count *= axes[1 + 2 * i];
  return count;
}
/* end */

/* Where the element of an index stands; `run` is how many of the innermost axis are left from there. */
/* runtime: grad_view_offset requires grad_view_count */
static inline int64_t grad_view_offset(const int64_t *axes, int64_t index, int64_t *run) {
  int64_t extent = GRAD_VIEW_EXTENT(axes), rest = index / extent, place = index - rest * extent;
  int64_t offset = place * GRAD_VIEW_STRIDE(axes), i;
  *run = extent - place;
  for (i = axes[0] - 2; i >= 0; i--) {
    extent = axes[1 + 2 * i];
    offset += (i == 0 ? rest : rest % extent) * axes[2 + 2 * i];
    rest /= extent;
  }
  return offset;
}
/* end */

/* Where `count` elements stand, from an index on. */
/* runtime: grad_view_offsets requires grad_view_offset */
static inline void grad_view_offsets(const int64_t *axes, int64_t start, int64_t count, int64_t *offset) {
  int64_t i, run, k = 0;
  while (k < count) {
    int64_t first = grad_view_offset(axes, start + k, &run);
    if (run > count - k) run = count - k;
    for (i = 0; i < run; i++) offset[k + i] = first + i * GRAD_VIEW_STRIDE(axes);
    k += run;
  }
}
/* end */
#endif
