/*
  What the machine gives one thread, and several at once: fused multiply-adds in registers, GFLOP/s of f32, and a = b + 3 c over arrays that no
  cache holds, GB/s. `machine THREADS` prints the four numbers, the best of some tries, for one thread and for so many.
*/
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "GradRuntime.h"

#define COUNT ((int64_t)16 << 20)

static float *a, *b, *c;
static int64_t parts;
static _Atomic int64_t operations;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}
static void multiply_adds(void *unused, int64_t piece) {
  float result;
  (void)unused, (void)piece;
  operations += grad_roof_f32(200000, &result);
}
static void triad(void *unused, int64_t piece) {
  const int64_t start = COUNT / parts * piece;
  (void)unused;
  grad_roof_triad(COUNT / parts, a + start, b + start, c + start);
}

static double best(int tries, grad_piece *work, double amount) {
  double rate = 0;
  while (tries-- > 0) {
    operations = 0;
    const double start = now();
    grad_parallel(parts, INT64_MAX, work, NULL);
    const double own = (amount > 0 ? amount : (double)operations) / (now() - start) * 1e-9;
    if (own > rate) rate = own;
  }
  return rate;
}

int main(int count, char **arguments) {
  const int64_t threads = count > 1 ? atoll(arguments[1]) : 2;
  a = malloc(COUNT * sizeof *a);
  b = malloc(COUNT * sizeof *b);
  c = malloc(COUNT * sizeof *c);
  for (int64_t i = 0; i < COUNT; i++) a[i] = b[i] = c[i] = 1;
  double rates[2][2];
  for (int several = 0; several < 2; several++) {
    parts = several ? threads : 1;
    grad_use_threads(parts);
    rates[several][0] = best(15, multiply_adds, 0);
    rates[several][1] = best(9, triad, (double)COUNT * 3 * sizeof *a);
  }
  printf("%.1f %.1f %.1f %.1f\n", rates[0][0], rates[1][0], rates[0][1], rates[1][1]);
  return 0;
}
