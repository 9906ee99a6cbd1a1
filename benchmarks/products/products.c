/*
  Matrix products of the runtime against those of libraries, one thread, in turn: round after round each of them computes the same
  product for about a millisecond of the thread's time; the medians are printed in GFLOP/s. The ratio is that of gradc to the best of
  the others. All operands lie in huge pages where the system gives them.

    products [part of a shape's name] [rounds]

  What has at most 32 rows, columns and values of k stands there twice: as code for its very sizes (fixed.c), which the tier cc has, and as a
  call of the runtime, "called", which libtcc's code makes.

  One row (m or n of 1) along whose numbers the matrix lies is a vector, as in models: grad_dot_rows.

  The libraries read their settings from the environment, which `make run` sets.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include "GradRuntime.h"
#include <libxsmm.h>

/* c[m, n] = a b, all in C order as they lie in memory: a is [m, k], or [k, m] where `left` is 'T'; b [k, n] or [n, k]. */
typedef struct {
  const char *name;
  char type, left, right;
  int batch, m, n, k;
} shape;

#ifndef QUANTILE
#define QUANTILE (rounds / 2)
#endif
#ifndef SLICE
#define SLICE 1e-3
#endif

static const shape shapes[] = {
  {"4x4x4", 's', 'N', 'N', 1, 4, 4, 4},
  {"8x8x8", 's', 'N', 'N', 1, 8, 8, 8},
  {"16x16x16", 's', 'N', 'N', 1, 16, 16, 16},
  {"32x32x32", 's', 'N', 'N', 1, 32, 32, 32},
  {"11x3x3", 's', 'N', 'N', 1, 11, 3, 3},
  {"11 times 3x3x3", 's', 'N', 'N', 11, 3, 3, 3},
  {"1x256x784", 's', 'N', 'N', 1, 1, 256, 784},
  {"1x784x256 NT", 's', 'N', 'T', 1, 1, 784, 256},
  {"256x1x784", 's', 'N', 'N', 1, 256, 1, 784},
  {"32x256x784", 's', 'N', 'N', 1, 32, 256, 784},
  {"32x784x256 NT", 's', 'N', 'T', 1, 32, 784, 256},
  {"784x256x32 TN", 's', 'T', 'N', 1, 784, 256, 32},
  {"256x256x784", 's', 'N', 'N', 1, 256, 256, 784},
  {"256x784x256 NT", 's', 'N', 'T', 1, 256, 784, 256},
  {"784x256x256 TN", 's', 'T', 'N', 1, 784, 256, 256},
  {"100x10x1000", 's', 'N', 'N', 1, 100, 10, 1000},
  {"100x1000x10 NT", 's', 'N', 'T', 1, 100, 1000, 10},
  {"1000x10x100 TN", 's', 'T', 'N', 1, 1000, 10, 100},
  {"128x64x64", 's', 'N', 'N', 1, 128, 64, 64},
  {"128x128x64 NT", 's', 'N', 'T', 1, 128, 128, 64},
  {"128x64x128", 's', 'N', 'N', 1, 128, 64, 128},
  {"128x64x128 TN", 's', 'T', 'N', 1, 128, 64, 128},
  {"8 times 128x128x64 NT", 's', 'N', 'T', 8, 128, 128, 64},
  {"64x4096x4096", 's', 'N', 'N', 1, 64, 4096, 4096},
  {"64x4096x4096 NT", 's', 'N', 'T', 1, 64, 4096, 4096},
  {"4096x4096x64 TN", 's', 'T', 'N', 1, 4096, 4096, 64},
  {"1024x1024x1024", 's', 'N', 'N', 1, 1024, 1024, 1024},
  {"1024x1024x1024 TT", 's', 'T', 'T', 1, 1024, 1024, 1024},
  {"2048x2048x2048", 's', 'N', 'N', 1, 2048, 2048, 2048},
  {"f64 4x4x4", 'd', 'N', 'N', 1, 4, 4, 4},
  {"f64 8x8x8", 'd', 'N', 'N', 1, 8, 8, 8},
  {"f64 16x16x16", 'd', 'N', 'N', 1, 16, 16, 16},
  {"f64 32x32x32", 'd', 'N', 'N', 1, 32, 32, 32},
  {"f64 1x256x784", 'd', 'N', 'N', 1, 1, 256, 784},
  {"f64 32x256x784", 'd', 'N', 'N', 1, 32, 256, 784},
  {"f64 784x256x32 TN", 'd', 'T', 'N', 1, 784, 256, 32},
  {"f64 256x784x256 NT", 'd', 'N', 'T', 1, 256, 784, 256},
  {"f64 100x10x1000", 'd', 'N', 'N', 1, 100, 10, 1000},
  {"f64 128x64x64", 'd', 'N', 'N', 1, 128, 64, 64},
  {"f64 512x512x512", 'd', 'N', 'N', 1, 512, 512, 512},
  {"f64 1024x1024x1024", 'd', 'N', 'N', 1, 1024, 1024, 1024},
};

typedef void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
typedef void (*dgemm)(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
typedef int (*dnnl_sgemm)(char, char, int64_t, int64_t, int64_t, float, const float *, int64_t, const float *, int64_t, float, float *, int64_t);
static sgemm openblas_sgemm, blis_sgemm;
static dgemm openblas_dgemm, blis_dgemm;
static dnnl_sgemm onednn_sgemm;

enum { OURS, OPENBLAS, ONEDNN, BLIS, LIBXSMM, CONTENDERS };
static const char *const names[CONTENDERS] = {"gradc", "OpenBLAS", "oneDNN", "BLIS", "libxsmm"};

typedef void (*product_f32)(int64_t, int64_t, int64_t, const float *, int64_t, int64_t, const float *, int64_t, int64_t, float *, int64_t, int64_t);
typedef void (*product_f64)(int64_t, int64_t, int64_t, const double *, int64_t, int64_t, const double *, int64_t, int64_t, double *, int64_t, int64_t);
/* As compiled models call them: by the address of the version for this processor. */
static product_f32 ours_f32;
static product_f64 ours_f64;
typedef void (*rows_f32)(int64_t, float *, int64_t, const float *, int64_t, int64_t, const float *, int64_t, int64_t);
static rows_f32 ours_rows;
/* As the tier cc has them. */
typedef void (*fixed_product)(const void *, const void *, void *);
fixed_product fixed_product_of(const char *name);
static fixed_product fixed;
static libxsmm_smmfunction xsmm_f32;
static libxsmm_dmmfunction xsmm_f64;

/* One product; false where the library has none of this kind. */
static int multiply(int who, const shape *s, const void *a, const void *b, void *c) {
  int64_t m = s->m, n = s->n, k = s->k;
  int left = s->left == 'T', right = s->right == 'T';
  int lda = (int)(left ? m : k), ldb = (int)(right ? k : n);
  switch (who) {
  case OURS:
    if (fixed) fixed(a, b, c);
    else if (s->type == 's' && m == 1 && right) ours_rows(n, c, k, b, k, 1, a, 0, 1);
    else if (s->type == 's' && n == 1 && !left) ours_rows(m, c, k, a, k, 1, b, 0, 1);
    else if (s->type == 's') ours_f32(m, n, k, a, left ? 1 : k, left ? m : 1, b, right ? 1 : n, right ? k : 1, c, n, 1);
    else ours_f64(m, n, k, a, left ? 1 : k, left ? m : 1, b, right ? 1 : n, right ? k : 1, c, n, 1);
    return 1;
  case OPENBLAS:
  case BLIS:
    if (s->type == 's') {
      sgemm f = who == BLIS ? blis_sgemm : openblas_sgemm;
      if (f) f(101, left ? 112 : 111, right ? 112 : 111, s->m, s->n, s->k, 1, a, lda, b, ldb, 0, c, s->n);
      return f != NULL;
    } else {
      dgemm f = who == BLIS ? blis_dgemm : openblas_dgemm;
      if (f) f(101, left ? 112 : 111, right ? 112 : 111, s->m, s->n, s->k, 1, a, lda, b, ldb, 0, c, s->n);
      return f != NULL;
    }
  case ONEDNN:
    if (s->type != 's' || !onednn_sgemm) return 0;
    onednn_sgemm(s->left, s->right, m, n, k, 1, a, lda, b, ldb, 0, c, n);
    return 1;
  case LIBXSMM:
    if (s->type == 's') {
      if (xsmm_f32) xsmm_f32(b, a, c);
      return xsmm_f32 != NULL;
    }
    if (xsmm_f64) xsmm_f64(b, a, c);
    return xsmm_f64 != NULL;
  }
  return 0;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static void *pages(size_t bytes) {
  void *p = NULL;
  if (posix_memalign(&p, 2 << 20, bytes + (2 << 20))) exit(1);
  madvise(p, bytes, MADV_HUGEPAGE);
  memset(p, 0, bytes);
  return p;
}

/* A library's function, its symbols kept from those of the others. */
static void *load(const char *file, const char *symbol) {
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  return library ? dlsym(library, symbol) : NULL;
}

static size_t element(const shape *s) { return s->type == 's' ? 4 : 8; }

static double measure(int who, const shape *s, char *a, char *b, char *c, int repeats) {
  size_t size = element(s), am = size * s->m * s->k, bm = size * s->k * s->n, cm = size * s->m * s->n;
  double start = now();
  for (int r = 0; r < repeats; r++) {
    for (int i = 0; i < s->batch; i++) multiply(who, s, a + i * am, b + i * bm, c + i * cm);
  }
  return (now() - start) / repeats;
}

/* By code for its very sizes, or where that is NULL by the runtime. */
static void run(const shape *s, fixed_product own, int rounds) {
  size_t size = element(s), na = (size_t)s->batch * s->m * s->k, nb = (size_t)s->batch * s->k * s->n, nc = (size_t)s->batch * s->m * s->n;
  char *a = pages(na * size), *b = pages(nb * size), *c = pages(nc * size), *c2 = pages(nc * size);
  for (size_t i = 0; i < na; i++) {
    if (s->type == 's') ((float *)a)[i] = (float)(i * 37 % 101) / 101 - 0.5f; else ((double *)a)[i] = (double)(i * 37 % 101) / 101 - 0.5;
  }
  for (size_t i = 0; i < nb; i++) {
    if (s->type == 's') ((float *)b)[i] = (float)(i * 29 % 97) / 97 - 0.5f; else ((double *)b)[i] = (double)(i * 29 % 97) / 97 - 0.5;
  }
  fixed = own;
  xsmm_f32 = NULL;
  xsmm_f64 = NULL;
  /* libxsmm makes code for small products in column order: the transposed product; more than 2^18 is not what it is for. */
  if (s->left == 'N' && s->right == 'N' && (double)s->m * s->n * s->k <= 128.0 * 128 * 128) {
    int m = s->n, n = s->m, k = s->k, flags = LIBXSMM_GEMM_FLAG_NONE;
    if (s->type == 's') {
      float alpha = 1, beta = 0;
      xsmm_f32 = libxsmm_smmdispatch(m, n, k, NULL, NULL, NULL, &alpha, &beta, &flags, NULL);
    } else {
      double alpha = 1, beta = 0;
      xsmm_f64 = libxsmm_dmmdispatch(m, n, k, NULL, NULL, NULL, &alpha, &beta, &flags, NULL);
    }
  }
  double times[CONTENDERS][99], flops = 2.0 * s->batch * s->m * s->n * s->k;
  int repeats[CONTENDERS], takes_part[CONTENDERS];
  for (int who = 0; who < CONTENDERS; who++) {
    takes_part[who] = multiply(who, s, a, b, who ? c2 : c);
    if (!takes_part[who]) continue;
    if (who) {
      for (size_t i = 0; i < nc / s->batch; i++) {
        double x = s->type == 's' ? ((float *)c)[i] : ((double *)c)[i], y = s->type == 's' ? ((float *)c2)[i] : ((double *)c2)[i];
        double bound = (s->type == 's' ? 1e-6 : 1e-14) * (10 + s->k);
        if (!(x - y <= bound && y - x <= bound)) {
          printf("%s: %s gives %.9g, gradc %.9g at %zu\n", s->name, names[who], y, x, i);
          break;
        }
      }
    }
    double one = measure(who, s, a, b, c, 1);
    one = measure(who, s, a, b, c, one < 1e-4 ? 20 : 1);
    repeats[who] = one < SLICE ? (int)(SLICE / (one + 1e-9)) + 1 : 1;
  }
  for (int round = 0; round < rounds; round++) {
    for (int who = 0; who < CONTENDERS; who++) {
      if (takes_part[who]) times[who][round] = measure(who, s, a, b, c, repeats[who]);
    }
  }
  double median[CONTENDERS], best = 1e9;
  for (int who = 0; who < CONTENDERS; who++) {
    if (!takes_part[who]) continue;
    qsort(times[who], rounds, sizeof(double), compare);
    median[who] = times[who][QUANTILE];
    if (who && median[who] < best) best = median[who];
  }
  printf("| %s%s |", s->name, !own && fixed_product_of(s->name) ? ", called" : "");
  for (int who = 0; who < CONTENDERS; who++) {
    if (takes_part[who]) printf(" %.1f |", flops / median[who] * 1e-9); else printf(" |");
  }
  printf(" %.2f |\n", best / median[OURS]);
  fflush(stdout);
  free(a), free(b), free(c), free(c2);
}

int main(int count, char **arguments) {
  openblas_sgemm = (sgemm)load("libopenblas.so.0", "cblas_sgemm");
  openblas_dgemm = (dgemm)load("libopenblas.so.0", "cblas_dgemm");
  blis_sgemm = (sgemm)load("libblis.so.4", "cblas_sgemm");
  blis_dgemm = (dgemm)load("libblis.so.4", "cblas_dgemm");
  onednn_sgemm = (dnnl_sgemm)load("libdnnl.so.2", "dnnl_sgemm");
  ours_f32 = (product_f32)grad_runtime_address("grad_matrix_product_f32");
  ours_f64 = (product_f64)grad_runtime_address("grad_matrix_product_f64");
  ours_rows = (rows_f32)grad_runtime_address("grad_dot_rows_f32");
  libxsmm_init();
  int rounds = count > 2 ? atoi(arguments[2]) : 9;
  if (rounds < 1 || rounds > 99) rounds = 9;
  printf("| m x n x k |");
  for (int who = 0; who < CONTENDERS; who++) printf(" %s |", names[who]);
  printf(" ratio |\n|---|---:|---:|---:|---:|---:|---:|\n");
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    if (count >= 2 && !strstr(shapes[i].name, arguments[1])) continue;
    fixed_product own = fixed_product_of(shapes[i].name);
    if (own) run(&shapes[i], own, rounds);
    run(&shapes[i], NULL, rounds);
  }
  return 0;
}
