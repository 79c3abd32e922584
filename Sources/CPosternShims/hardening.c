// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int postern_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
int postern_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
int postern_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

int postern_default_crash_signals(void) {
  static const int signals[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGSYS, SIGTRAP};
  struct sigaction action = {.sa_handler = SIG_DFL};
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
    if (sigaction(signals[i], &action, NULL) < 0) return -1;
  return 0;
}

int postern_limit(enum postern_limit limit, uint64_t value) {
  static const int resources[] = {
      [POSTERN_LIMIT_CORE] = RLIMIT_CORE,
      [POSTERN_LIMIT_PROCESSES] = RLIMIT_NPROC,
      [POSTERN_LIMIT_FILES] = RLIMIT_NOFILE,
      [POSTERN_LIMIT_FILE_SIZE] = RLIMIT_FSIZE,
  };
  struct rlimit both = {value, value};
  return setrlimit(resources[limit], &both);
}
