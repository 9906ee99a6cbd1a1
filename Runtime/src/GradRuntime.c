#include "../include/GradRuntime.h"
#include <stddef.h>
#include <string.h>
#include "function_table.h"

/* What suits this processor. */
static grad_function_table functions;
int64_t grad_ahead_bytes = 64;

#if defined(__x86_64__)
static int has_fma(void) { return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2"); }
static int has_avx512(void) {
  return has_fma() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw");
}
#endif

__attribute__((constructor)) static void choose_functions(void) {
  functions = grad_functions_portable;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_is("intel")) grad_ahead_bytes = 512;
  if (has_fma()) functions = grad_functions_fma;
  if (has_avx512()) {
    /* The functions over arrays and what is made of vectors gain from the longer ones of AVX-512, the others do not. */
#define GRAD_FUNCTION(result, name, parameters, arguments)
#define GRAD_PROCEDURE(name, parameters, arguments)
#define GRAD_VECTOR_FUNCTION(result, name, parameters, arguments) functions.name = grad_functions_avx512.name;
#define GRAD_VECTOR_PROCEDURE(name, parameters, arguments) functions.name = grad_functions_avx512.name;
#include "../include/grad_functions.def"
  }
#endif
  grad_share_products(&functions);
}

#define GRAD_FUNCTION(result, name, parameters, arguments) \
  result name parameters { return functions.name arguments; }
#define GRAD_PROCEDURE(name, parameters, arguments) \
  void name parameters { functions.name arguments; }
#include "../include/grad_functions.def"

typedef struct {
  const char *name;
  size_t offset;
} table_entry;

static const table_entry entries[] = {
#define GRAD_FUNCTION(result, name, parameters, arguments) {#name, offsetof(grad_function_table, name)},
#define GRAD_PROCEDURE(name, parameters, arguments) {#name, offsetof(grad_function_table, name)},
#include "../include/grad_functions.def"
};

static const int64_t entry_count = (int64_t)(sizeof entries / sizeof entries[0]);

static const void *address(const grad_function_table *table, const char *name) {
  for (int64_t i = 0; i < entry_count && table != NULL; i++) {
    if (strcmp(entries[i].name, name) == 0) {
      const void *address;
      memcpy(&address, (const char *)table + entries[i].offset, sizeof address);
      return address;
    }
  }
  return NULL;
}

const void *grad_runtime_address(const char *name) { return address(&functions, name); }

const void *grad_runtime_version_address(int64_t version, const char *name) {
  if (version == 0) return address(&grad_functions_portable, name);
#if defined(__x86_64__)
  if (version == 1) return address(has_fma() ? &grad_functions_fma : NULL, name);
  if (version == 2) return address(has_avx512() ? &grad_functions_avx512 : NULL, name);
#endif
  return NULL;
}

const char *grad_runtime_name(int64_t index) { return index >= 0 && index < entry_count ? entries[index].name : NULL; }
