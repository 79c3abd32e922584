// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <sys/syscall.h>
#include <unistd.h>

// linux/landlock.h of the build machine may be older than the kernel that runs: the numbers are its stable interface.
struct ruleset_attributes {
  uint64_t filesystem;
  uint64_t network;
  uint64_t scoped;
};

enum { create_ruleset = 444, restrict_self = 446, version_flag = 1 };

static uint64_t filesystem_rights(int abi) {
  int count = 13;            // execute .. make_sym
  if (abi >= 2) count = 14;  // refer
  if (abi >= 3) count = 15;  // truncate
  if (abi >= 5) count = 16;  // ioctl on devices
  return (UINT64_C(1) << count) - 1;
}

int postern_landlock_abi(void) {
  long abi = syscall(create_ruleset, NULL, 0, version_flag);
  return abi < 0 ? 0 : (int)abi;
}

int postern_landlock_deny_all(int abi) {
  struct ruleset_attributes attributes = {
      .filesystem = filesystem_rights(abi),
      .network = abi >= 4 ? 3 : 0,  // TCP bind and connect
      .scoped = abi >= 6 ? 3 : 0,   // abstract unix sockets and signals of processes outside
  };
  size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  int ruleset = (int)syscall(create_ruleset, &attributes, size, 0);
  if (ruleset < 0) return -1;
  int result = (int)syscall(restrict_self, ruleset, 0);
  close(ruleset);
  return result;
}
