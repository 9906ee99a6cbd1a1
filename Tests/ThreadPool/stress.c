/*
  The runtime's threads by themselves, for a sanitizer to watch: jobs of all sizes from several threads at once, jobs within jobs, products, and
  forks. Says nothing where all is well.
  `.ci/full` runs it.
*/
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "GradRuntime.h"

#define CALLERS 4
#define ROUNDS 3000

static _Atomic int failures;

static void check(int isRight, const char *what) {
  if (isRight) return;
  fprintf(stderr, "%s\n", what);
  atomic_fetch_add(&failures, 1);
}

/* Plain numbers: each is one piece's alone, and the caller's when the job is done. */
typedef struct {
  int runs[600];
  int inner[600][3];
  int goes_deeper;
} Counts;

static void inner_piece(void *context, int64_t piece) { ((int *)context)[piece]++; }
static void piece(void *context, int64_t piece) {
  Counts *counts = context;
  counts->runs[piece]++;
  if (counts->goes_deeper) grad_parallel(3, 1000000000, inner_piece, counts->inner[piece]);
}

static void job(int pieces, int goes_deeper) {
  static _Thread_local Counts counts;
  memset(&counts, 0, sizeof counts);
  counts.goes_deeper = goes_deeper;
  grad_parallel(pieces, 1000000000, piece, &counts);
  for (int i = 0; i < 600; i++) {
    check(counts.runs[i] == (i < pieces), "a piece did not run once");
    for (int k = 0; k < 3; k++) check(counts.inner[i][k] == (i < pieces && goes_deeper), "a piece within a piece did not run once");
  }
}

static void product(unsigned *state) {
  enum { MOST = 70 };
  static _Thread_local float a[MOST * MOST], b[MOST * MOST], one[MOST * MOST], many[MOST * MOST];
  const int64_t m = 1 + rand_r(state) % MOST, n = 1 + rand_r(state) % MOST, k = 1 + rand_r(state) % MOST;
  for (int i = 0; i < MOST * MOST; i++) {
    a[i] = (float)(rand_r(state) % 1000) / 500 - 1;
    b[i] = (float)(rand_r(state) % 1000) / 500 - 1;
  }
  const int64_t threads = grad_use_threads(1);
  grad_matrix_product_f32(m, n, k, a, k, 1, b, n, 1, one, n, 1);
  grad_use_threads(threads);
  grad_matrix_product_f32(m, n, k, a, k, 1, b, n, 1, many, n, 1);
  check(memcmp(one, many, (size_t)(m * n) * sizeof one[0]) == 0, "a product has other bits on several threads");
}

static void *caller(void *number) {
  unsigned state = (unsigned)(uintptr_t)number + 1;
  grad_share_all(1);
  for (int round = 0; round < ROUNDS; round++) {
    grad_use_threads(1 + rand_r(&state) % 7);
    job(rand_r(&state) % (round % 100 == 0 ? 600 : 12), round % 5 == 0);
    if (round % 10 == 0) product(&state);
    /* At times long enough for the others to fall asleep. */
    if (round % 300 == 0) nanosleep(&(struct timespec){0, 2000000}, NULL);
  }
  return NULL;
}

/* A child has none of the threads of its parent, and gets its own. */
static void forks(void) {
  for (int i = 0; i < 10; i++) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      for (int k = 0; k < 20; k++) job(50, 1);
      _exit(atomic_load(&failures) != 0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    check(status == 0, "a child failed");
    job(50, 1);
  }
}

static volatile sig_atomic_t signals;
static pthread_t main_thread;
static void on_signal(int number) {
  (void)number;
  if (pthread_equal(pthread_self(), main_thread)) signals++;
}

int main(void) {
  pthread_t threads[CALLERS];
  for (uintptr_t i = 0; i < CALLERS; i++) pthread_create(&threads[i], NULL, caller, (void *)i);
  for (int i = 0; i < CALLERS; i++) pthread_join(threads[i], NULL);
  grad_use_threads(4);
  grad_share_all(1);
  forks();
  /* Signals of the process are for its own threads. */
  main_thread = pthread_self();
  signal(SIGUSR1, on_signal);
  for (int i = 0; i < 100; i++) {
    const int before = signals;
    kill(getpid(), SIGUSR1);
    check(signals == before + 1, "a helper took a signal");
  }
  return failures != 0;
}
