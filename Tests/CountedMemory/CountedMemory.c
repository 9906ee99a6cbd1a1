// Stands in front of glibc's allocator in the process of the tests: each request is counted, then handed on. What frees is glibc's own.
#include "CountedMemory.h"

#include <errno.h>
#include <stddef.h>

static __thread uint64_t requests;

uint64_t counted_allocations(void) { return requests; }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

#ifdef SANITIZED
int counts_allocations(void) { return 0; }
#else
int counts_allocations(void) { return 1; }

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  requests++;
  return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
  requests++;
  return __libc_calloc(count, size);
}
void *realloc(void *memory, size_t size) {
  requests++;
  return __libc_realloc(memory, size);
}
void *memalign(size_t alignment, size_t size) {
  requests++;
  return __libc_memalign(alignment, size);
}
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
  void *found = memalign(alignment, size);
  if (!found) return ENOMEM;
  *memory = found;
  return 0;
}
#endif
