#include "../include/GradRuntime.h"
#include <stddef.h>
#include <time.h>

/* Where the times of the kernels of this thread go. */
static _Thread_local int64_t *kernel_times = NULL;
static _Thread_local int64_t last = 0;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void grad_profile(int64_t *nanoseconds) {
  kernel_times = nanoseconds;
  last = now();
}

void grad_mark(int64_t kernel) {
  const int64_t time = now();
  if (kernel_times != NULL) kernel_times[kernel] += time - last;
  last = time;
}
