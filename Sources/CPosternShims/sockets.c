// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <errno.h>
#include <ifaddrs.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

int postern_seqpacket_pair(int *near_end, int *far_end) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return -1;
  *near_end = ends[0];
  *far_end = ends[1];
  return 0;
}

int postern_unix_socket(int nonblocking) {
  return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0);
}

static int unix_address(const char *path, struct sockaddr_un *address) {
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy(address->sun_path, path, length);
  return 0;
}

int postern_unix_bind(int fd, const char *path) {
  struct sockaddr_un address;
  if (unix_address(path, &address) < 0) return -1;
  return bind(fd, (struct sockaddr *)&address, sizeof address);
}

int postern_unix_connect(int fd, const char *path) {
  struct sockaddr_un address;
  if (unix_address(path, &address) < 0) return -1;
  return connect(fd, (struct sockaddr *)&address, sizeof address);
}

int postern_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_CLOEXEC); }

int postern_peer_credentials(int fd, uint32_t *uid, uint32_t *gid, int32_t *pid) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
  *uid = peer.uid;
  *gid = peer.gid;
  *pid = peer.pid;
  return 0;
}

int postern_peer_groups(int fd, uint32_t *out, int capacity) {
  socklen_t length = (socklen_t)capacity * sizeof *out;
  // SO_PEERGROUPS says in `length` how much there is, also where it did not fit.
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, out, &length) < 0 && errno != ERANGE) return -1;
  return (int)(length / sizeof *out);
}

int postern_datagram_socket(void) { return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

ssize_t postern_send_to(int fd, const char *path, const void *bytes, size_t length) {
  struct sockaddr_un address;
  if (unix_address(path, &address) < 0) return -1;
  return sendto(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address);
}

int postern_is_socket(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

static int store(const struct sockaddr *address, struct postern_address *out) {
  if (address == NULL) return 0;
  memset(out, 0, sizeof *out);
  if (address->sa_family == AF_INET) {
    out->family = 4;
    memcpy(out->bytes, &((const struct sockaddr_in *)address)->sin_addr, 4);
    return 1;
  }
  if (address->sa_family == AF_INET6) {
    out->family = 6;
    memcpy(out->bytes, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
    return 1;
  }
  return 0;
}

int postern_own_addresses(struct postern_address *out, int capacity) {
  struct ifaddrs *list;
  if (getifaddrs(&list) < 0) return -1;
  int count = 0;
  for (const struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next) {
    struct postern_address address;
    if (!store(entry->ifa_addr, &address)) continue;
    if (count < capacity) out[count] = address;
    count++;
  }
  freeifaddrs(list);
  return count;
}
