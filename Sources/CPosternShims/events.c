// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

int postern_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int postern_epoll_control(int loop, int action, int fd, uint32_t interest, uint64_t token) {
  struct epoll_event event = {.events = interest, .data.u64 = token};
  return epoll_ctl(loop, action, fd, &event);
}

int postern_epoll_wait(int loop, struct postern_event *out, int capacity, int milliseconds) {
  enum { most = 64 };
  struct epoll_event events[most];
  int count = epoll_wait(loop, events, capacity < most ? capacity : most, milliseconds);
  for (int i = 0; i < count; i++) out[i] = (struct postern_event){events[i].data.u64, events[i].events};
  return count;
}
