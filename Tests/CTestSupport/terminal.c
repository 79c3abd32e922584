// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "TerminalSupport.h"

static void become(const char *const *arguments, int input, int output) {
  if ((input >= 0 && dup2(input, STDIN_FILENO) < 0) || (output >= 0 && dup2(output, STDOUT_FILENO) < 0)) _exit(126);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  // Whoever runs the tests in the background ignores these; a program at a terminal does not.
  signal(SIGINT, SIG_DFL);
  signal(SIGQUIT, SIG_DFL);
  signal(SIGHUP, SIG_DFL);
  execvp(arguments[0], (char *const *)arguments);
  _exit(127);
}

int support_start_on_terminal(const char *const *arguments, int input, int output, int32_t *pid) {
  int terminal = -1;
  pid_t child = forkpty(&terminal, NULL, NULL, NULL);
  if (child == 0) become(arguments, input, output);
  if (child < 0) return -1;
  fcntl(terminal, F_SETFD, FD_CLOEXEC);
  *pid = child;
  return terminal;
}

bool support_terminal_echoes(int terminal) {
  struct termios settings;
  return tcgetattr(terminal, &settings) == 0 && (settings.c_lflag & ECHO);
}
