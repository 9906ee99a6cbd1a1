/* Products of sizes that the compiler knows, as the C of the tier cc has them: each a function of its own. */
#include <stddef.h>
#include <string.h>
#include "../../Runtime/functions/all.h"

#define FIXED(type, suffix, m, n, k) \
  static void fixed_##suffix##_##m##_##n##_##k(const void *a, const void *b, void *c) { \
    grad_matrix_fixed_##suffix(m, n, k, (const type *)a, k, 1, (const type *)b, n, 1, (type *)c, n); \
  }
FIXED(float, f32, 4, 4, 4)
FIXED(float, f32, 8, 8, 8)
FIXED(float, f32, 16, 16, 16)
FIXED(float, f32, 32, 32, 32)
FIXED(float, f32, 11, 3, 3)
FIXED(float, f32, 3, 3, 3)
FIXED(double, f64, 4, 4, 4)
FIXED(double, f64, 8, 8, 8)
FIXED(double, f64, 16, 16, 16)
FIXED(double, f64, 32, 32, 32)

typedef void (*fixed_product)(const void *, const void *, void *);

/* The product of a shape's name; NULL of those that are the runtime's. */
fixed_product fixed_product_of(const char *name) {
  static const struct {
    const char *name;
    fixed_product product;
  } all[] = {
    {"4x4x4", fixed_f32_4_4_4}, {"8x8x8", fixed_f32_8_8_8}, {"16x16x16", fixed_f32_16_16_16}, {"32x32x32", fixed_f32_32_32_32},
    {"11x3x3", fixed_f32_11_3_3}, {"11 times 3x3x3", fixed_f32_3_3_3}, {"f64 4x4x4", fixed_f64_4_4_4},
    {"f64 8x8x8", fixed_f64_8_8_8}, {"f64 16x16x16", fixed_f64_16_16_16}, {"f64 32x32x32", fixed_f64_32_32_32},
  };
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    if (strcmp(all[i].name, name) == 0) return all[i].product;
  }
  return NULL;
}
