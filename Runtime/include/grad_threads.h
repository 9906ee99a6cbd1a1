#ifndef GRAD_THREADS_H
#define GRAD_THREADS_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Threads. A call of a model, and of a product of this file's list, may use as many as the thread that makes it says here, itself one of
   them; 1 unless said. Gives the number before. Any number gives the same bits. */
#define GRAD_MOST_THREADS 256
int64_t grad_use_threads(int64_t count);
int64_t grad_threads(void);

/* Runs body(context, 0), …, body(context, pieces - 1), each once, in any order and on as many threads as this one may use; comes back when all
   are done. The threads are of one pool, which the process keeps; where another thread has it, within a piece, and where work of about so
   many nanoseconds is not worth it, this thread runs them all. */
typedef void grad_piece(void *context, int64_t piece);
void grad_parallel(int64_t pieces, int64_t nanoseconds, grad_piece *body, void *context);

/* For loops: the steps of a piece, all of them where it is not worth it to cut them. Pieces are of a power of two of units and no more than
   GRAD_MOST_PIECES. */
#define GRAD_MOST_PIECES 128
int64_t grad_piece_size(int64_t count, int64_t unit, int64_t nanoseconds);
/* The first that is not 0. */
int grad_first_status(int64_t pieces, const int *statuses);

/* For tests: jobs of this thread are shared however small they are, and cut as finely as can be. Gives what it was before. */
int grad_share_all(int yes);
int grad_shares_all(void);

/* From here on this thread's subnormal numbers count as 0, as operands and as results, where the processor can do that. Gives what
   grad_set_arithmetic undoes it with. Its calls on several threads do the same on all. */
uint64_t grad_flush_subnormals(void);
void grad_set_arithmetic(uint64_t before);

/* About where the stack of the calling thread is. By the frame: a sanitizer may keep locals elsewhere. */
uintptr_t grad_stack_address(void);

#ifdef __cplusplus
}
#endif
#endif
