// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "NetworkSupport.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>
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

int ctest_set_net_admin(bool isEffective) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) < 0) return -1;
  if (isEffective)
    data[0].effective |= 1u << CAP_NET_ADMIN;
  else
    data[0].effective &= ~(1u << CAP_NET_ADMIN);
  return (int)syscall(SYS_capset, &header, data);
}

uint32_t ctest_thread_id(void) { return (uint32_t)gettid(); }
