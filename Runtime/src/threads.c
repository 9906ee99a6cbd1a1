#define _GNU_SOURCE
#include "../include/grad_threads.h"
#include <errno.h>
#include <fenv.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
  The pool: threads that start when a call first asks for them and then stay, one pool for the process. It runs one job at a time; who
  finds it taken runs all pieces of its job itself, so callers never wait for each other and a job within a job is no special case.

  A job is its pieces. `open_pieces` holds which are still to be taken, how many helpers may join and, so that a helper that comes late
  never takes a piece of another job, the number of the job. Whoever takes a piece may read the job, for it stays until all its pieces are done. The
  caller takes the first, helpers the last: from job to job most of an array stays in the cache of one processor.
*/
#define MOST_HELPERS (GRAD_MOST_THREADS - 1)
/* So long, about 100 microseconds, a thread looks for work, or for the end of it, before it sleeps. */
#define LOOKS 4000
/* The least nanoseconds of work that is shared with a helper who looks for it, and with one who must be woken first. */
#define LEAST_FOR_AWAKE 8000
#define LEAST_TO_WAKE 150000
/* So long at least takes a piece of a loop. */
#define LEAST_OF_A_PIECE 4000

typedef struct {
  grad_piece *body;
  void *context;
  uint64_t arithmetic;
} Job;

static Job job;
/* 24 bits: the job's number; 8: helpers that may still join; 16 and 16: the first piece that nobody has taken, and the end of these. */
static _Atomic uint64_t open_pieces;
static _Atomic uint32_t unfinished;
/* Counts jobs: what idle helpers sleep on. */
static _Atomic uint32_t bell;
static _Atomic int sleepers;
static _Atomic int caller_sleeps;
static atomic_flag taken = ATOMIC_FLAG_INIT;
/* Written by who has the pool. */
static _Atomic int helpers;
static uint64_t number;

static _Thread_local int64_t threads = 1;
static _Thread_local int shares_all = 0;
/* None but in tests, and asked for more quickly than a thread's own. */
_Atomic int grad_threads_that_share_all = 0;

static void sleep_on(_Atomic uint32_t *word, uint32_t value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}
static void wake(_Atomic uint32_t *word, int count) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0); }

static inline void breathe(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Rounding, subnormals and traps are as a thread finds them: what the processor keeps of them. Helpers take the caller's. A caller with traps
   works alone, for a helper takes no signals. */
#if defined(__x86_64__)
#define TRAPS 0x1f80u
#define FLUSHES 0x8040u
static uint64_t arithmetic(void) { return __builtin_ia32_stmxcsr() & ~0x3fu; }
static void set_arithmetic(uint64_t control) { __builtin_ia32_ldmxcsr((unsigned)control); }
static int has_traps(uint64_t control) { return (control & TRAPS) != TRAPS; }
#elif defined(__aarch64__)
#define TRAPS 0x9f00u
#define FLUSHES 0x1000000u
static uint64_t arithmetic(void) {
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}
static void set_arithmetic(uint64_t control) { __asm__ volatile("msr fpcr, %0" ::"r"(control)); }
static int has_traps(uint64_t control) { return (control & TRAPS) != 0; }
#else
#define FLUSHES 0
static uint64_t arithmetic(void) { return (uint64_t)fegetround(); }
static void set_arithmetic(uint64_t control) { fesetround((int)control); }
static int has_traps(uint64_t control) {
  (void)control;
  return 0;
}
#endif

uint64_t grad_flush_subnormals(void) {
  const uint64_t before = arithmetic();
  set_arithmetic(before | FLUSHES);
  return before;
}
void grad_set_arithmetic(uint64_t control) { set_arithmetic(control); }

static uint32_t first_open(uint64_t open) { return open >> 16 & 0xffff; }
static uint32_t end_of_open(uint64_t open) { return open & 0xffff; }

/* Takes pieces until there are none. `open` is what open_pieces held last. */
static void work(uint64_t open, int is_helper) {
  const uint64_t own = open >> 40;
  while (first_open(open) < end_of_open(open) && open >> 40 == own) {
    const uint64_t rest = is_helper ? open - 1 : open + (1 << 16);
    if (!atomic_compare_exchange_weak_explicit(&open_pieces, &open, rest, memory_order_acquire, memory_order_acquire)) continue;
    if (is_helper && arithmetic() != job.arithmetic) set_arithmetic(job.arithmetic);
    job.body(job.context, is_helper ? end_of_open(open) - 1 : first_open(open));
    if (atomic_fetch_sub_explicit(&unfinished, 1, memory_order_seq_cst) == 1 && atomic_load(&caller_sleeps)) wake(&unfinished, 1);
    open = atomic_load_explicit(&open_pieces, memory_order_acquire);
  }
}

/* One helper more, where the job takes one. */
static int join(void) {
  uint64_t open = atomic_load_explicit(&open_pieces, memory_order_acquire);
  while (first_open(open) < end_of_open(open) && (open >> 32 & 0xff) > 0) {
    const uint64_t joined = open - ((uint64_t)1 << 32);
    if (!atomic_compare_exchange_weak_explicit(&open_pieces, &open, joined, memory_order_acquire, memory_order_acquire)) continue;
    work(joined, 1);
    return 1;
  }
  return 0;
}

static void *help(void *most_looks) {
  const intptr_t most = (intptr_t)most_looks;
  fesetenv(FE_DFL_ENV);
  for (;;) {
    const uint32_t rung = atomic_load(&bell);
    intptr_t looks;
    for (looks = 0; looks < most && !join(); looks++) breathe();
    if (looks < most) continue;
    atomic_fetch_add(&sleepers, 1);
    sleep_on(&bell, rung);
    atomic_fetch_sub(&sleepers, 1);
  }
  return NULL;
}

/* The child of a fork has none of its parent's helpers, and whoever had the pool is not in it. */
static void forget(void) {
  helpers = 0;
  atomic_store(&open_pieces, 0);
  atomic_store(&sleepers, 0);
  atomic_store(&caller_sleeps, 0);
  atomic_flag_clear(&taken);
}

/* The processors that this process may use. */
static int processors(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/*
  As many as are wanted, or as the system gives. They take no signals. Those for whom there is no processor sleep at once: looking for work they
  would keep others from it.
*/
static void start(int wanted) {
  static int forks_are_known;
  if (!forks_are_known) forks_are_known = pthread_atfork(NULL, NULL, forget) == 0;
  if (!forks_are_known) return;
  sigset_t all, own;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &own) != 0) return;
  for (; helpers < wanted; helpers++) {
    pthread_t thread;
    const intptr_t looks = helpers < processors() - 1 ? LOOKS : 1;
    if (pthread_create(&thread, NULL, help, (void *)looks) != 0) break;
    pthread_detach(thread);
  }
  pthread_sigmask(SIG_SETMASK, &own, NULL);
}

int64_t grad_use_threads(int64_t count) {
  const int64_t before = threads;
  threads = count < 1 ? 1 : count > GRAD_MOST_THREADS ? GRAD_MOST_THREADS : count;
  return before;
}

int64_t grad_threads(void) { return threads; }

int grad_share_all(int yes) {
  const int before = shares_all;
  shares_all = yes;
  atomic_fetch_add(&grad_threads_that_share_all, (yes != 0) - (before != 0));
  return before;
}

int grad_shares_all(void) { return shares_all; }

/* True where other threads take more off this one than it costs to tell them. */
static int is_worth(int64_t nanoseconds) {
  const int sleep = atomic_load_explicit(&sleepers, memory_order_relaxed) >= atomic_load_explicit(&helpers, memory_order_relaxed);
  return shares_all || nanoseconds >= (sleep ? LEAST_TO_WAKE : LEAST_FOR_AWAKE);
}

static void do_all(int64_t pieces, grad_piece *body, void *context) {
  for (int64_t piece = 0; piece < pieces; piece++) body(context, piece);
}

int64_t grad_piece_size(int64_t count, int64_t unit, int64_t nanoseconds) {
  if (threads == 1 || !is_worth(nanoseconds)) return count;
  int64_t size = unit;
  while ((count - 1) / size >= GRAD_MOST_PIECES || (!shares_all && (double)nanoseconds * size < (double)LEAST_OF_A_PIECE * count)) size *= 2;
  return size;
}

int grad_first_status(int64_t pieces, const int *statuses) {
  for (int64_t piece = 0; piece < pieces; piece++) {
    if (statuses[piece] != 0) return statuses[piece];
  }
  return 0;
}

void grad_parallel(int64_t pieces, int64_t nanoseconds, grad_piece *body, void *context) {
  int wanted = (int)(threads < pieces ? threads : pieces) - 1;
  if (wanted < 1 || pieces > 0xffff || !is_worth(nanoseconds) || has_traps(arithmetic()) ||
      atomic_flag_test_and_set_explicit(&taken, memory_order_acquire)) {
    do_all(pieces, body, context);
    return;
  }
  const int error = errno;
  if (helpers < wanted) start(wanted);
  if (helpers < wanted) wanted = helpers;
  job = (Job){body, context, arithmetic()};
  atomic_store_explicit(&unfinished, (uint32_t)pieces, memory_order_relaxed);
  number = (number + 1) & 0xffffff;
  const uint64_t open = number << 40 | (uint64_t)wanted << 32 | (uint64_t)pieces;
  atomic_store(&open_pieces, open);
  atomic_fetch_add(&bell, 1);
  if (atomic_load(&sleepers) > 0) wake(&bell, helpers == wanted ? wanted : INT_MAX);
  work(open, 0);
  for (int looks = 0; atomic_load_explicit(&unfinished, memory_order_acquire) > 0; looks++) {
    if (looks < LOOKS) {
      breathe();
      continue;
    }
    const uint32_t left = atomic_load(&unfinished);
    atomic_store(&caller_sleeps, 1);
    if (left > 0) sleep_on(&unfinished, left);
    atomic_store(&caller_sleeps, 0);
  }
  atomic_flag_clear_explicit(&taken, memory_order_release);
  errno = error;
}

__attribute__((noinline)) uintptr_t grad_stack_address(void) { return (uintptr_t)__builtin_frame_address(0); }
