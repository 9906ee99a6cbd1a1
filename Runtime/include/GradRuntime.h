#ifndef GRAD_RUNTIME_H
#define GRAD_RUNTIME_H
#include <stdint.h>
#include "grad_accumulators.h"
#include "grad_threads.h"

/*
  The functions that generated code, the interpreter and embedded C share, so that their bits agree everywhere.

  `grad_exp_f32(x)`, `grad_max_i64(a, b)`, …: the name says op and type. The list is grad_functions.def; what each promises is
  in docs/numerics.md, their text in Runtime/functions/. The functions declared here are extern; on x86-64 they choose a version
  compiled for the processor's fused multiply-add when the program starts. All versions give the same bits.

  `grad_exp_block_f32(n, y, x)`, …: y[i] = exp(x[i]), with the same bits, several at a time. y is x or does not overlap it.

  Of a NaN only that it is one is promised, not its sign and payload.
*/
#ifdef __cplusplus
extern "C" {
#endif

#define GRAD_FUNCTION(result, name, parameters, arguments) result name parameters;
#define GRAD_PROCEDURE(name, parameters, arguments) void name parameters;
#include "grad_functions.def"

/* The address of the version of the function `name` that suits this processor, or NULL for a name that the runtime lacks. */
const void *grad_runtime_address(const char *name);

/* The same in one version: 0 for every processor, 1 with AVX2 and fused multiply-add, 2 with AVX-512. NULL for one that this
   processor cannot run. For tests: all versions give the same bits. */
const void *grad_runtime_version_address(int64_t version, const char *name);

/* Function `index` of the list, NULL at its end. */
const char *grad_runtime_name(int64_t index);

/* What tells processors apart for which a compiler makes different code ("-march=native"). */
void grad_processor_identity(uint64_t words[8]);

/* What tells this build of the program, or of the library that this function is part of, from others: what the linker noted of its
   contents. Gives the number of bytes, 0 where it noted nothing. */
int64_t grad_build_identity(uint8_t bytes[64]);

/* For measuring. From now on grad_mark of this thread adds the nanoseconds since the mark before to element `kernel`; NULL ends it. */
void grad_profile(int64_t *nanoseconds);
void grad_mark(int64_t kernel);

/* Fused multiply-adds in registers, the rounds of a loop; gives how many operations they were, a multiplication and an addition two. */
int64_t grad_roof_f32(int64_t rounds, float *result);
int64_t grad_roof_f64(int64_t rounds, double *result);
/* a = b + 3 c */
void grad_roof_triad(int64_t n, float *a, const float *b, const float *c);

#ifdef __cplusplus
}
#endif
#endif
