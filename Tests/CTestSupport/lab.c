// SPDX-License-Identifier: Apache-2.0
// Sockets inside other network namespaces. A namespace sticks to its thread, so each is opened by a thread of its own.
#define _GNU_SOURCE
#include "LabSupport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

struct wish {
  const char *path;
  int family, type, protocol, result;
};

static void *open_there(void *argument) {
  struct wish *wish = argument;
  int namespace = open(wish->path, O_RDONLY | O_CLOEXEC);
  wish->result = -1;
  if (namespace < 0) return NULL;
  if (setns(namespace, CLONE_NEWNET) == 0) wish->result = socket(wish->family, wish->type | SOCK_CLOEXEC, wish->protocol);
  close(namespace);
  return NULL;
}

static int socket_in(const char *path, int family, int type, int protocol) {
  struct wish wish = {path, family, type, protocol, -1};
  pthread_t thread;
  if (pthread_create(&thread, NULL, open_there, &wish) != 0) return -1;
  pthread_join(thread, NULL);
  return wish.result;
}

static socklen_t address(const char *text, uint16_t port, struct sockaddr_storage *out) {
  memset(out, 0, sizeof *out);
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
  if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    return sizeof *six;
  }
  struct sockaddr_in *four = (struct sockaddr_in *)out;
  if (inet_pton(AF_INET, text, &four->sin_addr) != 1) return 0;
  four->sin_family = AF_INET;
  four->sin_port = htons(port);
  return sizeof *four;
}

static int give_up(int fd) {
  if (fd >= 0) close(fd);
  return -1;
}

int support_udp_in(const char *path, const char *from, const char *to, uint16_t port) {
  struct sockaddr_storage here, there;
  socklen_t length = address(to, port, &there);
  if (!length || address(from, 0, &here) != length) return -1;
  int fd = socket_in(path, there.ss_family, SOCK_DGRAM, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&here, length) < 0) return give_up(fd);
  return connect(fd, (struct sockaddr *)&there, length) < 0 ? give_up(fd) : fd;
}

int support_packets_in(const char *path, const char *to) {
  struct sockaddr_storage there;
  socklen_t length = address(to, 0, &there);
  if (!length) return -1;
  int fd = socket_in(path, there.ss_family, SOCK_RAW, IPPROTO_RAW);
  if (fd < 0) return -1;
  return connect(fd, (struct sockaddr *)&there, length) < 0 ? give_up(fd) : fd;
}

// A connected stream, or the negative error that the attempt met.
static int attempt(const char *path, const char *to, uint16_t port, int milliseconds) {
  struct sockaddr_storage there;
  socklen_t length = address(to, port, &there);
  if (!length) return -EINVAL;
  int fd = socket_in(path, there.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) return -EBADF;
  int error = connect(fd, (struct sockaddr *)&there, length) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    struct pollfd wait = {fd, POLLOUT, 0};
    socklen_t size = sizeof error;
    error = ETIMEDOUT;
    if (poll(&wait, 1, milliseconds) == 1 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) error = errno;
  }
  if (error) {
    close(fd);
    return -error;
  }
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  return fd;
}

int support_connect_in(const char *path, const char *to, uint16_t port, int milliseconds) {
  int fd = attempt(path, to, port, milliseconds);
  return fd < 0 ? -1 : fd;
}

int support_begin_connect_in(const char *path, const char *to, uint16_t port) {
  struct sockaddr_storage there;
  socklen_t length = address(to, port, &there);
  int fd = length ? socket_in(path, there.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0) : -1;
  if (fd < 0) return -1;
  return connect(fd, (struct sockaddr *)&there, length) == 0 || errno == EINPROGRESS ? fd : give_up(fd);
}

int support_flush_conntrack_in(const char *path) {
  struct {
    struct nlmsghdr header;
    struct nfgenmsg family;
  } request = {
      {sizeof request, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE, NLM_F_REQUEST | NLM_F_ACK, 1, 0},
      {AF_UNSPEC, NFNETLINK_V0, 0},
  };
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
    char rest[512];
  } answer;
  int fd = socket_in(path, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  if (fd < 0) return -1;
  int result = send(fd, &request, sizeof request, 0) < 0 || recv(fd, &answer, sizeof answer, 0) < 0 ? -1 : answer.error.error;
  close(fd);
  return result;
}

int support_answer_in(const char *path, const char *to, uint16_t port, int milliseconds) {
  int fd = attempt(path, to, port, milliseconds);
  if (fd < 0) return -fd;
  close(fd);
  return 0;
}

int support_peer(int fd, char *text, size_t size) {
  struct sockaddr_storage peer;
  socklen_t length = sizeof peer;
  if (getpeername(fd, (struct sockaddr *)&peer, &length) < 0) return -1;
  return getnameinfo((struct sockaddr *)&peer, length, text, size, NULL, 0, NI_NUMERICHOST) ? -1 : 0;
}

int support_listen_in(const char *path, uint16_t port) {
  int fd = socket_in(path, AF_INET6, SOCK_STREAM, 0);
  int on = 1, off = 0;
  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(fd, (struct sockaddr *)&any, sizeof any) < 0 || listen(fd, 128) < 0) return give_up(fd);
  return fd;
}

int support_datagrams_in(const char *path, uint16_t port) {
  int fd = socket_in(path, AF_INET6, SOCK_DGRAM, 0);
  int off = 0;
  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  if (fd < 0) return -1;
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  return bind(fd, (struct sockaddr *)&any, sizeof any) < 0 ? give_up(fd) : fd;
}

int support_answer_datagram(int fd, void *buffer, size_t size, int milliseconds) {
  struct sockaddr_storage from;
  socklen_t length = sizeof from;
  struct pollfd wait = {fd, POLLIN, 0};
  if (poll(&wait, 1, milliseconds) != 1) return -1;
  ssize_t count = recvfrom(fd, buffer, size, 0, (struct sockaddr *)&from, &length);
  // A firewall of the host itself may refuse the answer.
  if (count >= 0) sendto(fd, buffer, (size_t)count, 0, (struct sockaddr *)&from, length);
  return (int)count;
}

uint16_t support_port(int fd) {
  struct sockaddr_storage here;
  socklen_t length = sizeof here;
  if (getsockname(fd, (struct sockaddr *)&here, &length) < 0) return 0;
  return ntohs(here.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&here)->sin6_port : ((struct sockaddr_in *)&here)->sin_port);
}

int support_unix_connect(const char *path) {
  struct sockaddr_un there = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof there.sun_path) return -1;
  strcpy(there.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct timeval limit = {.tv_sec = 5};
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return connect(fd, (struct sockaddr *)&there, sizeof there) < 0 ? give_up(fd) : fd;
}

int support_unix_connect_as(const char *path, uint32_t user, uint32_t group) {
  gid_t before[256];
  int count = getgroups(256, before);
  if (count < 0) return -1;
  // The system calls themselves change this thread alone; those of libc would change all threads.
  int fd = -1;
  if (syscall(SYS_setgroups, 0, NULL) == 0 && syscall(SYS_setresgid, -1, group, -1) == 0 && syscall(SYS_setresuid, -1, user, -1) == 0)
    fd = support_unix_connect(path);
  if (syscall(SYS_setresuid, -1, 0, -1) < 0 || syscall(SYS_setresgid, -1, 0, -1) < 0 || syscall(SYS_setgroups, count, before) < 0)
    abort();
  return fd;
}

int support_datagram_listen(const char *path) {
  struct sockaddr_un here = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof here.sun_path) return -1;
  strcpy(here.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  return bind(fd, (struct sockaddr *)&here, sizeof here) < 0 ? give_up(fd) : fd;
}

void support_flood(int fd, const void *bytes, size_t count, int times) {
  uint8_t *copy = malloc(count);
  if (!copy) return;
  memcpy(copy, bytes, count);
  for (int i = 0; i < times; i++) {
    // the last bytes count up, so that no two datagrams are the same
    if (count >= 4) memcpy(copy + count - 4, &i, 4);
    if (send(fd, copy, count, 0) < 0 && errno == ENOBUFS) usleep(50);
  }
  free(copy);
}

int support_capture_in(const char *path) { return socket_in(path, AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL)); }

int support_capture_next(int fd, void *buffer, size_t size) {
  for (;;) {
    struct sockaddr_ll from;
    socklen_t length = sizeof from;
    ssize_t count = recvfrom(fd, buffer, size, 0, (struct sockaddr *)&from, &length);
    if (count < 0) return errno == EAGAIN ? 0 : -1;
    if (from.sll_pkttype != PACKET_OUTGOING && count > 0) return (int)count;
  }
}
