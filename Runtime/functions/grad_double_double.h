#ifndef GRAD_DOUBLE_DOUBLE_H
#define GRAD_DOUBLE_DOUBLE_H
#include "grad_base.h"

/* Numbers of twice the precision, as an unevaluated sum high + low: what the last bits of a few functions need. */

/* runtime: grad_two_f64 */
typedef struct {
  double high;
  double low;
} grad_two_f64;
/* end */

/* a + b exactly, for |a| ≥ |b| or a = 0. */
/* runtime: grad_quick_two_sum_f64 requires grad_two_f64 */
static inline grad_two_f64 grad_quick_two_sum_f64(double a, double b) {
  grad_two_f64 sum;
  sum.high = a + b;
  sum.low = b - (sum.high - a);
  return sum;
}
/* end */

/* a + b exactly. */
/* runtime: grad_two_sum_f64 requires grad_two_f64 */
static inline grad_two_f64 grad_two_sum_f64(double a, double b) {
  grad_two_f64 sum;
  double part;
  sum.high = a + b;
  part = sum.high - a;
  sum.low = (a - (sum.high - part)) + (b - part);
  return sum;
}
/* end */

/* a b exactly. */
/* runtime: grad_two_product_f64 requires grad_two_f64 grad_fma_f64 */
static inline grad_two_f64 grad_two_product_f64(double a, double b) {
  grad_two_f64 product;
  product.high = a * b;
  product.low = grad_fma_f64(a, b, -product.high);
  return product;
}
/* end */

/* n / d to about 100 bits. */
/* runtime: grad_two_divide_f64 requires grad_two_f64 grad_fma_f64 */
static inline grad_two_f64 grad_two_divide_f64(grad_two_f64 n, grad_two_f64 d) {
  grad_two_f64 quotient;
  double rest;
  quotient.high = n.high / d.high;
  rest = grad_fma_f64(-quotient.high, d.high, n.high);
  quotient.low = (rest + (n.low - quotient.high * d.low)) / d.high;
  return quotient;
}
/* end */
#endif
