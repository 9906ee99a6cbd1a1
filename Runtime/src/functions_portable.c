#include "function_table.h"
#include "block_operations.h"

/* The functions for every processor. */
const grad_function_table grad_functions_portable = {
#define GRAD_FUNCTION(result, name, parameters, arguments) .name = name,
#define GRAD_PROCEDURE(name, parameters, arguments) .name = name,
#include "../include/grad_functions.def"
};
