// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static int is_target(const struct postern_descriptor *descriptors, int count, int number) {
  for (int i = 0; i < count; i++)
    if (descriptors[i].to == number) return 1;
  return 0;
}

static int add_descriptors(posix_spawn_file_actions_t *actions, const struct postern_descriptor *descriptors, int count) {
  int highest = STDERR_FILENO, error = 0;
  for (int i = 0; i < count && !error; i++) {
    error = posix_spawn_file_actions_adddup2(actions, descriptors[i].from, descriptors[i].to);
    if (descriptors[i].to > highest) highest = descriptors[i].to;
  }
  for (int number = 0; number < highest && !error; number++) {
    if (number <= STDERR_FILENO || is_target(descriptors, count, number)) continue;
    error = posix_spawn_file_actions_addclose(actions, number);
  }
  for (int number = 0; number <= STDERR_FILENO && !error; number++) {
    if (is_target(descriptors, count, number)) continue;
    error = posix_spawn_file_actions_addopen(actions, number, "/dev/null", O_RDWR, 0);
  }
  return error ? error : posix_spawn_file_actions_addclosefrom_np(actions, highest + 1);
}

// The parent blocks signals for its signalfd; the child starts as a process from a shell would.
static int add_signals(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int error = posix_spawnattr_setsigmask(attributes, &none);
  if (!error) error = posix_spawnattr_setsigdefault(attributes, &all);
  if (!error) error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  return error;
}

int postern_spawn(const char *path, char *const argv[], char *const envp[], const struct postern_descriptor *descriptors, int count,
                  pid_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (!error) {
    error = add_descriptors(&actions, descriptors, count);
    if (!error) error = add_signals(&attributes);
    if (!error) error = posix_spawn(pid, path, &actions, &attributes, argv, envp);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int postern_duplicate_above(int fd, int minimum) { return fcntl(fd, F_DUPFD_CLOEXEC, minimum); }

int postern_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int postern_pidfd_signal(int pidfd, int signal) { return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }

int postern_reap(int pidfd, int block, int *signalled, int *status) {
  siginfo_t info = {0};
  int result;
  do {
    result = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | (block ? 0 : WNOHANG));
  } while (result < 0 && errno == EINTR);
  if (result < 0) return -1;
  if (info.si_pid == 0) return 0;
  *signalled = info.si_code != CLD_EXITED;
  *status = info.si_status;
  return 1;
}
