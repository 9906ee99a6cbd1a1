#ifndef GRAD_FUNCTION_TABLE_H
#define GRAD_FUNCTION_TABLE_H
#include <stdint.h>
#include "../include/grad_accumulators.h"

/* One compiled version of all functions. */
typedef struct {
#define GRAD_FUNCTION(result, name, parameters, arguments) result(*name) parameters;
#define GRAD_PROCEDURE(name, parameters, arguments) void(*name) parameters;
#include "../include/grad_functions.def"
} grad_function_table;

extern const grad_function_table grad_functions_portable;
#if defined(__x86_64__)
extern const grad_function_table grad_functions_fma;
extern const grad_function_table grad_functions_avx512;
#endif

/* What grad_vector.h takes from the compiler's flags elsewhere is found when the program starts. */
extern int64_t grad_ahead_bytes;
#define GRAD_AHEAD_BYTES grad_ahead_bytes

/* Puts products in the table that call those of the table, on several threads where they may and it is worth it. */
void grad_share_products(grad_function_table *table);
#endif
