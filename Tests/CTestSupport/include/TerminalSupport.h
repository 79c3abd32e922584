// SPDX-License-Identifier: Apache-2.0
// Programs on a terminal of their own (pty(7)).
#ifndef TERMINAL_SUPPORT_H
#define TERMINAL_SUPPORT_H

#include <stdbool.h>
#include <stdint.h>

/// Starts a program, searched in PATH, as the leader of a session whose terminal is new. Standard input and output are the terminal as well
/// unless `input` and `output` name other descriptors (-1 for none); standard error always is. Gives the terminal's other end, or -1.
int support_start_on_terminal(const char *const *arguments, int input, int output, int32_t *pid);
/// Whether what is typed shows on the terminal, by its other end.
bool support_terminal_echoes(int terminal);

#endif
