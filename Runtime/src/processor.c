#include "../include/GradRuntime.h"
#include <string.h>
#include <sys/auxv.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

void grad_processor_identity(uint64_t words[8]) {
  memset(words, 0, 8 * sizeof words[0]);
  words[0] = getauxval(AT_HWCAP);
  words[1] = getauxval(AT_HWCAP2);
#if defined(__x86_64__)
  /* Vendor, model and stepping, and the instructions that this machine lets programs use. */
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(0, &a, &b, &c, &d)) words[2] = (uint64_t)b << 32 | d;
  if (__get_cpuid(1, &a, &b, &c, &d)) {
    words[3] = a;
    words[4] = (uint64_t)c << 32 | d;
  }
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    words[5] = (uint64_t)b << 32 | c;
    words[6] = d;
  }
  if (__get_cpuid_count(7, 1, &a, &b, &c, &d)) words[7] = (uint64_t)a << 32 | d;
#elif defined(__aarch64__) && defined(HWCAP_CPUID)
  if (words[0] & HWCAP_CPUID) __asm__("mrs %0, MIDR_EL1" : "=r"(words[2]));
#endif
}
