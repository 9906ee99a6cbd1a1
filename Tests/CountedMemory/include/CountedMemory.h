#ifndef COUNTED_MEMORY_H
#define COUNTED_MEMORY_H

#include <stdint.h>

/* How often this thread has asked for memory; stays 0 where a sanitizer has its own `malloc`. */
uint64_t counted_allocations(void);

/* 1 where requests are counted. */
int counts_allocations(void);

#endif
