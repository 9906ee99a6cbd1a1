#define _GNU_SOURCE
#include "../include/GradRuntime.h"
#include <link.h>
#include <string.h>

typedef struct {
  uint8_t *bytes;
  int64_t count;
} Identity;

/* The notes of one segment: a name and contents, each rounded up to 4 bytes. */
static void find_in_notes(const uint8_t *notes, size_t size, Identity *identity) {
  size_t place = 0;
  while (place + sizeof(ElfW(Nhdr)) <= size) {
    ElfW(Nhdr) head;
    memcpy(&head, notes + place, sizeof head);
    const size_t name = place + sizeof head;
    const size_t contents = name + ((size_t)head.n_namesz + 3) / 4 * 4;
    place = contents + ((size_t)head.n_descsz + 3) / 4 * 4;
    if (place > size) return;
    if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 && memcmp(notes + name, "GNU", 4) == 0 && head.n_descsz <= 64) {
      memcpy(identity->bytes, notes + contents, head.n_descsz);
      identity->count = head.n_descsz;
      return;
    }
  }
}

static int find_in_object(struct dl_phdr_info *object, size_t size, void *data) {
  const uintptr_t own = (uintptr_t)&grad_build_identity;
  int is_own = 0;
  (void)size;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    if (segment->p_type == PT_LOAD && own - object->dlpi_addr - segment->p_vaddr < segment->p_memsz) is_own = 1;
  }
  if (!is_own) return 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    if (segment->p_type == PT_NOTE) {
      find_in_notes((const uint8_t *)(object->dlpi_addr + segment->p_vaddr), segment->p_memsz, data);
    }
  }
  return 1;
}

int64_t grad_build_identity(uint8_t bytes[64]) {
  Identity identity = {bytes, 0};
  dl_iterate_phdr(find_in_object, &identity);
  return identity.count;
}
