// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Everything between fork and exec: system calls only, in a copy of a process that has one thread.

enum { first_free = 16, file_limit = 1024, process_limit = 1024 };

static int bound(int resource, rlim_t value) {
  struct rlimit now, both = {value, value};
  // An inherited limit may be lower already, and nobody here may raise one.
  if (getrlimit(resource, &now) == 0 && now.rlim_max < value) both.rlim_cur = both.rlim_max = now.rlim_max;
  return setrlimit(resource, &both);
}

static int set_limits(const struct postern_action *action) {
  if (bound(RLIMIT_CORE, 0) < 0 || bound(RLIMIT_NOFILE, file_limit) < 0 || bound(RLIMIT_NPROC, process_limit) < 0) return -1;
  return bound(RLIMIT_DATA, (rlim_t)1 << 30) < 0 ? -1 : bound(RLIMIT_CPU, action->seconds);
}

// The kernel's own call: that of the C library leaves its two signals as they were inherited.
static void default_signals(void) {
  static const unsigned long action[8];
  for (int number = 1; number < NSIG; number++) (void)syscall(SYS_rt_sigaction, number, action, NULL, 8);
  sigset_t none;
  sigemptyset(&none);
  (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

// All sources move above every target first, so that no dup2 hits one that is still needed.
static int place_descriptors(const struct postern_action *action, int *report) {
  int sources[4], count = action->listener >= 0 ? 4 : 3;
  for (int i = 0; i < count; i++) {
    int from = i < 3 ? action->standard[i] : action->listener;
    if ((sources[i] = fcntl(from, F_DUPFD_CLOEXEC, first_free)) < 0) return -1;
  }
  if ((*report = fcntl(*report, F_DUPFD_CLOEXEC, first_free)) < 0) return -1;
  for (int i = 0; i < count; i++)
    if (dup2(sources[i], i) < 0) return -1;
  // Closed by the exec: until then `report` is needed.
  return close_range((unsigned)count, ~0U, CLOSE_RANGE_CLOEXEC);
}

static int take_identity(const struct postern_action *action) {
  if (action->changes_identity) {
    if (setgroups(action->group_count, action->groups) < 0) return -1;
    if (setresgid(action->gid, action->gid, action->gid) < 0) return -1;
    if (setresuid(action->uid, action->uid, action->uid) < 0) return -1;
  }
  if (postern_ambient_clear() < 0 || postern_capabilities_set(0, 0, 0) < 0) return -1;
  return postern_no_new_privileges();
}

static void write_number(char *out, pid_t number) {
  char digits[16];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  while (count > 0) *out++ = digits[--count];
  *out = 0;
}

static int become(const struct postern_action *action, pid_t parent, int *report, uint8_t *step) {
  if (setsid() < 0) return -1;
  default_signals();
  *step = POSTERN_STEP_DESCRIPTORS;
  if (place_descriptors(action, report) < 0) return -1;
  *step = POSTERN_STEP_LIMITS;
  if (set_limits(action) < 0) return -1;
  *step = POSTERN_STEP_IDENTITY;
  if (take_identity(action) < 0) return -1;
  // After the change of user, which clears it.
  if (postern_die_with_parent() < 0) return -1;
  if (getppid() != parent) {
    errno = ESRCH;
    return -1;
  }
  *step = POSTERN_STEP_DIRECTORY;
  if (chdir(action->directory) < 0) return -1;
  (void)umask(077);
  *step = POSTERN_STEP_EXECUTE;
  if (action->own_pid != NULL) write_number(action->own_pid, getpid());
  return execve(action->argv[0], action->argv, action->envp);
}

int postern_start_action(const struct postern_action *action, pid_t *pid, uint8_t *step) {
  int ends[2];
  uint8_t failure[2] = {0, 0};
  *step = POSTERN_STEP_FORK;
  if (pipe2(ends, O_CLOEXEC) < 0) return errno;
  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    int report = ends[1];
    uint8_t said[2] = {POSTERN_STEP_FORK, 0};
    (void)become(action, parent, &report, &said[0]);
    said[1] = (uint8_t)errno;
    (void)!write(report, said, sizeof said);
    _exit(127);
  }
  int error = errno;
  close(ends[1]);
  ssize_t count = 0;
  if (child > 0) do count = read(ends[0], failure, sizeof failure);
    while (count < 0 && errno == EINTR);
  close(ends[0]);
  if (child < 0) return error;
  *pid = child;
  if (count != (ssize_t)sizeof failure) return 0;
  *step = failure[0];
  return failure[1] == 0 ? EINVAL : failure[1];
}
