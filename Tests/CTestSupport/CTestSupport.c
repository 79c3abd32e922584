// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CTestSupport.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

int ctest_enter_new_network(void) {
  int old = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (old < 0) return -1;
  if (unshare(CLONE_NEWNET) == 0) return old;
  int code = errno;
  close(old);
  errno = code;
  return -1;
}

int ctest_return_to_network(int descriptor) {
  int result = setns(descriptor, CLONE_NEWNET);
  close(descriptor);
  return result;
}
