// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U  // Linux 6.3
#endif

enum { size_seals = F_SEAL_SHRINK | F_SEAL_GROW, content_seals = size_seals | F_SEAL_WRITE };

int postern_memory_file(const char *name) {
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  if (fd >= 0 || errno != EINVAL) return fd;
  return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int postern_seal(int fd) { return fcntl(fd, F_ADD_SEALS, content_seals | F_SEAL_SEAL); }
int postern_seal_size(int fd) { return fcntl(fd, F_ADD_SEALS, size_seals | F_SEAL_SEAL); }

static int has_seals(int fd, int wanted) {
  int seals = fcntl(fd, F_GET_SEALS);
  return seals < 0 ? -1 : (seals & wanted) == wanted;
}

int postern_is_sealed(int fd) { return has_seals(fd, content_seals); }
int postern_is_size_sealed(int fd) { return has_seals(fd, size_seals); }

void *postern_map_shared(int fd, size_t length, int writable) {
  void *address = mmap(NULL, length, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
  return address == MAP_FAILED ? NULL : address;
}

int postern_return_blocks_from(int bytes) { return mallopt(M_MMAP_THRESHOLD, bytes); }

// A segment that is never writable holds what its file holds: the next look at a page fetches it from there.
static int forget_segments(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size, (void)unused;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
    uintptr_t first = (object->dlpi_addr + segment->p_vaddr + page - 1) / page * page;
    uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_filesz) / page * page;
    // Of the kernel's own object, too: it comes back the same way, or stays.
    if (first < end) (void)madvise((void *)first, end - first, MADV_DONTNEED);
  }
  return 0;
}

void postern_forget_start(void) {
  malloc_trim(0);
  dl_iterate_phdr(forget_segments, NULL);
}
