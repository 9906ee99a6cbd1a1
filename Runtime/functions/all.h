#ifndef GRAD_ALL_H
#define GRAD_ALL_H
/* All families. */
#include "grad_base.h"
#include "grad_selection.h"
#include "grad_integer.h"
#include "grad_division.h"
#include "grad_sum.h"
#include "grad_product.h"
#include "grad_placeholder.h"
#endif
