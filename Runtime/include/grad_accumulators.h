#ifndef GRAD_ACCUMULATORS_H
#define GRAD_ACCUMULATORS_H
#include <stdint.h>

/* The states of the reductions whose order is fixed; see functions/grad_sum.h and functions/grad_product.h. */

/* runtime: grad_sum_f32 */
typedef struct {
  int64_t count;
  float lane[16];
  float subtotal[64];
} grad_sum_f32;
/* end */

/* runtime: grad_sum_f64 */
typedef struct {
  int64_t count;
  double lane[8];
  double subtotal[64];
} grad_sum_f64;
/* end */

/* runtime: grad_sum_i32 */
typedef struct {
  uint32_t total;
} grad_sum_i32;
/* end */

/* runtime: grad_sum_i64 */
typedef struct {
  uint64_t total;
} grad_sum_i64;
/* end */

/* runtime: grad_product_f32 */
typedef struct {
  int64_t count;
  float block;
  float total;
} grad_product_f32;
/* end */

/* runtime: grad_product_f64 */
typedef struct {
  int64_t count;
  double block;
  double total;
} grad_product_f64;
/* end */
#endif
