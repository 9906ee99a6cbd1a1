/* The same text, compiled for x86-64 processors with AVX-512: vectors of twice the length. */
#if defined(__x86_64__)
#include <stdint.h>
#include <immintrin.h>
#include <unistd.h>
#include "function_table.h"
#define GRAD_VECTOR_BYTES 64
/* 512 KB, where the second cache holds as much again of what comes next. */
#define GRAD_PANELS 16
static int64_t panels_at_once = 8;
#define GRAD_PANELS_AT_ONCE panels_at_once
__attribute__((constructor)) static void find_second_cache(void) {
#if defined(_SC_LEVEL2_CACHE_SIZE)
  if (sysconf(_SC_LEVEL2_CACHE_SIZE) >= 2 << 20) panels_at_once = GRAD_PANELS;
#endif
}
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
