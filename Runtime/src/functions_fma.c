/* The same text, compiled for x86-64 processors with AVX2 and fused multiply-add: an instruction where the portable version calls
   the C library. The target is set here and not by a flag, which would keep the package from being a dependency. */
#if defined(__x86_64__)
#include <stdint.h>
#include <immintrin.h>
#include "function_table.h"
#define GRAD_VECTOR_BYTES 32
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#include "block_operations.h"

const grad_function_table grad_functions_fma = {
#define GRAD_FUNCTION(result, name, parameters, arguments) .name = name,
#define GRAD_PROCEDURE(name, parameters, arguments) .name = name,
#include "../include/grad_functions.def"
};
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
