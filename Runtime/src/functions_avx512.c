/* The same text, compiled for x86-64 processors with AVX-512: vectors of twice the length. */
#if defined(__x86_64__)
#include <stdint.h>
#include <immintrin.h>
#include "function_table.h"
#define GRAD_VECTOR_BYTES 64
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")
#endif
#include "block_operations.h"

const grad_function_table grad_functions_avx512 = {
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
