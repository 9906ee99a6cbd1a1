#ifndef GRAD_BLOCK_OPERATIONS_H
#define GRAD_BLOCK_OPERATIONS_H
#include "blocks.h"

/*
  Operations on blocks of at most GRAD_BLOCK_SIZE numbers, for code whose compiler does not vectorise: y[i] = a[i] b[i] + c[i] and the like, in
  one pass over the caches' nearest level. An operand is an array (step 1) or one number for all elements (step 0). y is an operand or does
  not overlap it. The rarer operations spread a number over an array first; the most common have a loop for each kind.
*/
#define GRAD_BLOCK_SIZE 256

#define GRAD_SPREAD(type, x) \
  type x##_all[GRAD_BLOCK_SIZE]; \
  if (x##_step == 0) { \
    const type value = *x; \
    for (int64_t i = 0; i < n; i++) x##_all[i] = value; \
    x = x##_all; \
  }

#define GRAD_FOR_BLOCK GRAD_INDEPENDENT for (int64_t i = 0; i < n; i++)

#define GRAD_DEFINE_BLOCKS(define, op, ...) \
  define(op, f32, float, __VA_ARGS__) \
  define(op, f64, double, __VA_ARGS__)

#define GRAD_DEFINE_BLOCKS_1(op, suffix, type, result) \
  static void grad_##op##_blocks_##suffix(int64_t n, type *y, const type *x, int64_t x_step) { \
    GRAD_INDEPENDENT \
    for (int64_t i = 0; i < n; i++) { \
      const type a = x[i * x_step]; \
      y[i] = result; \
    } \
  }

#define GRAD_DEFINE_BLOCKS_2(op, suffix, type, result) \
  __attribute__((flatten)) static void grad_##op##_blocks_##suffix( \
    int64_t n, type *y, const type *left, int64_t left_step, const type *right, int64_t right_step) { \
    if (left_step == 0) { \
      const type a = *left; \
      GRAD_FOR_BLOCK { const type b = right[i * right_step]; y[i] = result; } \
    } else if (right_step == 0) { \
      const type b = *right; \
      GRAD_FOR_BLOCK { const type a = left[i]; y[i] = result; } \
    } else { \
      GRAD_FOR_BLOCK { const type a = left[i], b = right[i]; y[i] = result; } \
    } \
  }

#define GRAD_DEFINE_BLOCKS_3(op, suffix, type, result) \
  static void grad_##op##_blocks_##suffix( \
    int64_t n, type *y, const type *first, int64_t first_step, const type *second, int64_t second_step, const type *third, \
    int64_t third_step) { \
    GRAD_SPREAD(type, first) \
    GRAD_SPREAD(type, second) \
    GRAD_SPREAD(type, third) \
    GRAD_FOR_BLOCK { \
      const type a = first[i], b = second[i], c = third[i]; \
      y[i] = result; \
    } \
  }

#define GRAD_DEFINE_BLOCKS_4(op, suffix, type, result) \
  static void grad_##op##_blocks_##suffix( \
    int64_t n, type *y, const type *first, int64_t first_step, const type *second, int64_t second_step, const type *third, \
    int64_t third_step, const type *fourth, int64_t fourth_step) { \
    GRAD_SPREAD(type, first) \
    GRAD_SPREAD(type, second) \
    GRAD_SPREAD(type, third) \
    GRAD_SPREAD(type, fourth) \
    GRAD_FOR_BLOCK { \
      const type a = first[i], b = second[i], c = third[i], d = fourth[i]; \
      y[i] = result; \
    } \
  }

#define GRAD_DEFINE_BLOCKS_5(op, suffix, type, result) \
  static void grad_##op##_blocks_##suffix( \
    int64_t n, type *y, const type *first, int64_t first_step, const type *second, int64_t second_step, const type *third, \
    int64_t third_step, const type *fourth, int64_t fourth_step, const type *fifth, int64_t fifth_step) { \
    GRAD_SPREAD(type, first) \
    GRAD_SPREAD(type, second) \
    GRAD_SPREAD(type, third) \
    GRAD_SPREAD(type, fourth) \
    GRAD_SPREAD(type, fifth) \
    GRAD_FOR_BLOCK { \
      const type a = first[i], b = second[i], c = third[i], d = fourth[i], e = fifth[i]; \
      y[i] = result; \
    } \
  }

/* A function of a sum or a product: the argument does not go through memory. */
#define GRAD_DEFINE_FUNCTION_2(op, suffix, type, function, argument) \
  __attribute__((flatten)) static void grad_##op##_blocks_##suffix( \
    int64_t n, type *y, const type *first, int64_t first_step, const type *second, int64_t second_step) { \
    GRAD_SPREAD(type, first) \
    GRAD_SPREAD(type, second) \
    GRAD_FOR_LONG_BLOCK(const type a = first[i]; const type b = second[i]; y[i] = grad_##function##_##suffix(argument);) \
  }
#define GRAD_DEFINE_FUNCTION_3(op, suffix, type, function, argument) \
  __attribute__((flatten)) static void grad_##op##_blocks_##suffix( \
    int64_t n, type *y, const type *first, int64_t first_step, const type *second, int64_t second_step, const type *third, \
    int64_t third_step) { \
    GRAD_SPREAD(type, first) \
    GRAD_SPREAD(type, second) \
    GRAD_SPREAD(type, third) \
    GRAD_FOR_LONG_BLOCK( \
      const type a = first[i]; const type b = second[i]; const type c = third[i]; y[i] = grad_##function##_##suffix(argument);) \
  }

/*
  Asks for the n numbers from x on, which need not exist, while others are computed with. What will be written is asked for too, and as what is
  read: asked for as what is written it comes later. After a block that is not full comes none.
*/
#define GRAD_DEFINE_PREFETCH(op, suffix, type, ...) \
  static void grad_##op##_blocks_##suffix(int64_t n, const type *x) { \
    if (n < GRAD_BLOCK_SIZE) return; \
    for (int64_t i = 0; i < n; i += 64 / (int64_t)sizeof(type)) __builtin_prefetch(x + i, 0, 2); \
  }

/*
  y[i] = x[i], past the caches where a whole line is written: for arrays that they would not keep. Other threads see it when grad_stream_end
  has been called.
*/
#if defined(__x86_64__) && GRAD_VECTOR_BYTES == 64
#define GRAD_STREAM(y, x) _mm512_stream_si512((void *)(y), _mm512_loadu_si512(x))
#elif defined(__x86_64__) && GRAD_VECTOR_BYTES == 32
#define GRAD_STREAM(y, x) _mm256_stream_si256((void *)(y), _mm256_loadu_si256((const void *)(x)))
#endif
#if defined(GRAD_STREAM)
#define GRAD_DEFINE_STREAM(op, suffix, type, ...) \
  static void grad_##op##_blocks_##suffix(int64_t n, type *y, const type *x) { \
    const int64_t line = 64 / (int64_t)sizeof(type), vector = GRAD_VECTOR_BYTES / (int64_t)sizeof(type); \
    int64_t i = 0; \
    for (; i < n && (uintptr_t)(y + i) % 64 != 0; i++) y[i] = x[i]; \
    for (const int64_t lines = (n - i) / line * line + i; i < lines; i += vector) GRAD_STREAM(y + i, x + i); \
    for (; i < n; i++) y[i] = x[i]; \
  }
static void grad_stream_end(void) { _mm_sfence(); }
#else
#define GRAD_DEFINE_STREAM(op, suffix, type, ...) \
  static void grad_##op##_blocks_##suffix(int64_t n, type *y, const type *x) { \
    for (int64_t i = 0; i < n; i++) y[i] = x[i]; \
  }
static void grad_stream_end(void) {}
#endif

/* y[i y_step] = a[i]: elements that lie apart from one another. */
#define GRAD_DEFINE_COPY_STRIDED(op, suffix, type, ...) \
  static void grad_##op##_blocks_##suffix(int64_t n, type *y, int64_t y_step, const type *a, int64_t a_step) { \
    GRAD_FOR_BLOCK y[i * y_step] = a[i * a_step]; \
  }

GRAD_DEFINE_BLOCKS(GRAD_DEFINE_PREFETCH, prefetch, )
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_STREAM, stream, )
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_COPY_STRIDED, copy_strided, )
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_1, copy, a)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_1, negate, -a)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_2, add, a + b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_2, subtract, a - b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_2, multiply, a * b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_2, divide, a / b)
GRAD_DEFINE_BLOCKS_2(max, f32, float, grad_max_f32(a, b))
GRAD_DEFINE_BLOCKS_2(max, f64, double, grad_max_f64(a, b))
GRAD_DEFINE_BLOCKS_2(min, f32, float, grad_min_f32(a, b))
GRAD_DEFINE_BLOCKS_2(min, f64, double, grad_min_f64(a, b))
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_2, annihilating_multiply, b == 0 ? 0 : a * b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_3, multiply_add, a * b + c)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_3, multiply_subtract, a * b - c)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_3, subtract_product, c - a * b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_2, sigmoid_derivative, a * (1 - a) * b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_2, tanh_derivative, (1 - a * a) * b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_4, add_products, a * b + c * d)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_4, subtract_products, a * b - c * d)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_5, multiply_add_twice, a * b + (c * d + e))
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_FUNCTION_2, exp_of_multiply, exp, a * b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_FUNCTION_2, tanh_of_add, tanh, a + b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_FUNCTION_2, tanh_of_multiply, tanh, a * b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_FUNCTION_3, tanh_of_multiply_add, tanh, a * b + c)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_FUNCTION_2, sigmoid_of_add, sigmoid, a + b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_FUNCTION_2, sigmoid_of_multiply, sigmoid, a * b)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_FUNCTION_3, sigmoid_of_multiply_add, sigmoid, a * b + c)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_4, select_less, a < b ? c : d)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_4, select_less_equal, a <= b ? c : d)
GRAD_DEFINE_BLOCKS(GRAD_DEFINE_BLOCKS_4, select_equal, a == b ? c : d)
#endif
