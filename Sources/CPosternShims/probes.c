// SPDX-License-Identifier: Apache-2.0
// Raw calls: the C library must not stand between the proof and the kernel.
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static int was_opened(long fd) {
  if (fd < 0) return 0;
  close((int)fd);
  return 1;
}

int postern_probe_open(void) { return was_opened(syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC, 0)); }
int postern_probe_inet_socket(void) { return was_opened(syscall(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); }
int postern_probe_netlink_socket(void) { return was_opened(syscall(SYS_socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 12)); }

// On standard error: when connect is refused as a call the errno is EPERM, otherwise the kernel looked at the descriptor.
int postern_probe_connect(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/"};
  return !(syscall(SYS_connect, STDERR_FILENO, &address, sizeof address) < 0 && errno == EPERM);
}

int postern_probe_kill(void) { return syscall(SYS_kill, (pid_t)syscall(SYS_getpid), 0) == 0; }
int postern_probe_ptrace(void) { return syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0) == 0; }

// Setting nothing at all is always permitted by the kernel itself, so a success means that the call is open.
int postern_probe_capset(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  memset(data, 0, sizeof data);
  return syscall(SYS_capset, &header, data) == 0;
}

// No signal at the child's end: where confinement is missing, the probe before has made this process a tracee, and a signal
// would stop it for good.
int postern_probe_fork(void) {
  long child = syscall(SYS_clone, 0, 0, 0, 0, 0);
  if (child == 0) syscall(SYS_exit_group, 0);
  return child > 0;
}

// A success does not return; the caller's exit status then is that of /bin/true, so a proof must end with another one.
int postern_probe_exec(void) {
  char *const nothing[] = {NULL};
  char *const argv[] = {"true", NULL};
  syscall(SYS_execve, "/bin/true", argv, nothing);
  return errno != EPERM;
}
