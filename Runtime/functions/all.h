#ifndef GRAD_ALL_H
#define GRAD_ALL_H
/* All families. */
#include "grad_base.h"
#include "grad_selection.h"
#include "grad_integer.h"
#include "grad_division.h"
#include "grad_sum.h"
#include "grad_column_sum.h"
#include "grad_product.h"
#include "grad_vector.h"
#include "grad_matrix_product_f32.h"
#include "grad_matrix_product_f64.h"
#include "grad_view_product_f32.h"
#include "grad_view_product_f64.h"
#include "grad_double_double.h"
#include "grad_exponential.h"
#include "grad_logarithm.h"
#include "grad_power.h"
#include "grad_trigonometric.h"
#include "grad_inverse_trigonometric.h"
#include "grad_hyperbolic.h"
#include "grad_error_function.h"
#endif
