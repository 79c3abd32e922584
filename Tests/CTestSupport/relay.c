// SPDX-License-Identifier: Apache-2.0
// A wire with a delay: what one interface hears leaves by the other, that much later. Kernels without netem have no other.
#define _GNU_SOURCE
#include "RelaySupport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { room = 2048, longest = 2048, samples = 1 << 20 };

struct frame {
  uint64_t due;
  size_t length;
  uint8_t bytes[longest];
};

// One direction: frames leave in the order in which they came.
struct lane {
  int from, to;
  struct frame *frames;
  size_t head, count;
};

struct support_relay {
  struct lane lanes[2];
  uint64_t delay;
  uint32_t *late;
  size_t sent, lost;
  int stop[2];
  pthread_t thread;
};

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// The virtio header carries checksums that the sender left to its device, so that the frame can go on as it is.
static int port(const char *interface) {
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
  int on = 1;
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
  address.sll_ifindex = (int)if_nametoindex(interface);
  if (fd < 0) return -1;
  if (!address.sll_ifindex || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) < 0 ||
      setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0 ||
      bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    close(fd);
    return -1;
  }
  return fd;
}

static void take(struct support_relay *relay, struct lane *lane) {
  for (;;) {
    struct frame *frame = &lane->frames[(lane->head + lane->count) % room];
    ssize_t length = lane->count < room ? recv(lane->from, frame->bytes, longest, MSG_TRUNC) : -1;
    if (length < 0) return;
    if (length > longest) {
      relay->lost++;
      continue;
    }
    frame->length = (size_t)length;
    frame->due = now() + relay->delay;
    lane->count++;
  }
}

static void pass(struct support_relay *relay, struct lane *lane) {
  while (lane->count) {
    struct frame *frame = &lane->frames[lane->head];
    uint64_t time = now();
    if (frame->due > time) return;
    if (send(lane->to, frame->bytes, frame->length, 0) < 0) relay->lost++;
    if (relay->sent < samples) relay->late[relay->sent++] = (uint32_t)((now() - frame->due) / 1000);
    lane->head = (lane->head + 1) % room;
    lane->count--;
  }
}

static void *run(void *argument) {
  struct support_relay *relay = argument;
  prctl(PR_SET_TIMERSLACK, 1);
  for (;;) {
    uint64_t due = UINT64_MAX;
    for (int i = 0; i < 2; i++) {
      struct lane *lane = &relay->lanes[i];
      take(relay, lane);
      pass(relay, lane);
      if (lane->count && lane->frames[lane->head].due < due) due = lane->frames[lane->head].due;
    }
    uint64_t time = now();
    uint64_t left = due == UINT64_MAX ? 1000000000u : due > time ? due - time : 0;
    struct timespec wait = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
    struct pollfd wanted[] = {{relay->lanes[0].from, POLLIN, 0}, {relay->lanes[1].from, POLLIN, 0}, {relay->stop[0], POLLIN, 0}};
    if (ppoll(wanted, 3, &wait, NULL) > 0 && wanted[2].revents) return NULL;
  }
}

struct opening {
  const char *path, *one, *other;
  int fds[2];
};

static void *open_there(void *argument) {
  struct opening *opening = argument;
  int namespace = open(opening->path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0) return NULL;
  if (setns(namespace, CLONE_NEWNET) == 0) {
    opening->fds[0] = port(opening->one);
    opening->fds[1] = port(opening->other);
  }
  close(namespace);
  return NULL;
}

static void release(struct support_relay *relay) {
  for (int i = 0; i < 2; i++) {
    if (relay->lanes[i].from >= 0) close(relay->lanes[i].from);
    if (relay->stop[i] >= 0) close(relay->stop[i]);
    free(relay->lanes[i].frames);
  }
  free(relay->late);
  free(relay);
}

uintptr_t support_relay_start(const char *path, const char *one, const char *other, uint64_t delay) {
  struct opening opening = {path, one, other, {-1, -1}};
  struct support_relay *relay = calloc(1, sizeof *relay);
  pthread_t opener;
  if (!relay) return 0;
  relay->stop[0] = relay->stop[1] = -1;
  if (pthread_create(&opener, NULL, open_there, &opening) == 0) pthread_join(opener, NULL);
  relay->delay = delay;
  relay->late = malloc(samples * sizeof *relay->late);
  for (int i = 0; i < 2; i++) {
    relay->lanes[i] = (struct lane){opening.fds[i], opening.fds[1 - i], malloc(room * sizeof(struct frame)), 0, 0};
  }
  if (opening.fds[0] < 0 || opening.fds[1] < 0 || !relay->late || !relay->lanes[0].frames || !relay->lanes[1].frames ||
      pipe2(relay->stop, O_CLOEXEC) < 0 || pthread_create(&relay->thread, NULL, run, relay) != 0) {
    release(relay);
    return 0;
  }
  return (uintptr_t)relay;
}

static int ascending(const void *one, const void *other) {
  uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
  return (a > b) - (a < b);
}

struct support_relay_share support_relay_stop(uintptr_t handle) {
  struct support_relay *relay = (struct support_relay *)handle;
  struct support_relay_share share = {0};
  (void)!write(relay->stop[1], "", 1);
  pthread_join(relay->thread, NULL);
  share.frames = relay->sent;
  share.lost = relay->lost;
  if (relay->sent) {
    qsort(relay->late, relay->sent, sizeof *relay->late, ascending);
    share.late_p50 = relay->late[relay->sent / 2];
    share.late_p99 = relay->late[relay->sent * 99 / 100];
  }
  release(relay);
  return share;
}
