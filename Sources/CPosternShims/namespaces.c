// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <sched.h>

int postern_enter_network(int fd) { return setns(fd, CLONE_NEWNET); }
