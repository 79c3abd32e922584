// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static socklen_t fill(struct sockaddr_storage *out, const struct postern_address *address, uint16_t port) {
  memset(out, 0, sizeof *out);
  if (address->family == 4) {
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    memcpy(&four->sin_addr, address->bytes, 4);
    return sizeof *four;
  }
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
  six->sin6_family = AF_INET6;
  six->sin6_port = htons(port);
  memcpy(&six->sin6_addr, address->bytes, 16);
  return sizeof *six;
}

int postern_listener(const struct postern_address *address, uint16_t port, int datagrams, int both_families, int waits) {
  struct sockaddr_storage place;
  socklen_t length = fill(&place, address, port);
  int type = (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | (waits ? 0 : SOCK_NONBLOCK);
  int fd = socket(place.ss_family, type, 0), on = 1, only = both_families ? 0 : 1;
  if (fd < 0) return -1;
  if (place.ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) < 0) goto failed;
  if (!datagrams && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) goto failed;
  if (bind(fd, (struct sockaddr *)&place, length) < 0) goto failed;
  if (!datagrams && listen(fd, 64) < 0) goto failed;
  return fd;
failed:;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int postern_accept_peer(int fd, struct postern_address *peer, uint16_t *port) {
  struct sockaddr_storage place;
  socklen_t length = sizeof place;
  int stream = accept4(fd, (struct sockaddr *)&place, &length, SOCK_CLOEXEC);
  if (stream < 0) return -1;
  memset(peer, 0, sizeof *peer);
  if (place.ss_family == AF_INET) {
    const struct sockaddr_in *four = (const struct sockaddr_in *)&place;
    peer->family = 4;
    memcpy(peer->bytes, &four->sin_addr, 4);
    *port = ntohs(four->sin_port);
    return stream;
  }
  const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&place;
  int is_mapped = IN6_IS_ADDR_V4MAPPED(&six->sin6_addr);
  peer->family = is_mapped ? 4 : 6;
  memcpy(peer->bytes, is_mapped ? six->sin6_addr.s6_addr + 12 : six->sin6_addr.s6_addr, is_mapped ? 4 : 16);
  *port = ntohs(six->sin6_port);
  return stream;
}

int postern_pipe(int *reader, int *writer) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -1;
  *reader = ends[0];
  *writer = ends[1];
  // Of this end alone: they are two open files.
  return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

int postern_send_descriptors(int fd, const int *numbers, int count) {
  char byte = 1;
  char control[CMSG_SPACE(sizeof(int) * POSTERN_HANDED_LIMIT)];
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control};
  if (count < 1 || count > POSTERN_HANDED_LIMIT) {
    errno = EINVAL;
    return -1;
  }
  memset(control, 0, sizeof control);
  message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
  memcpy(CMSG_DATA(header), numbers, sizeof(int) * (size_t)count);
  return (int)sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int postern_receive_descriptors(int fd, int *numbers, int count) {
  char byte;
  char control[CMSG_SPACE(sizeof(int) * POSTERN_HANDED_LIMIT)];
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  if (length <= 0) return (int)length;
  int found[POSTERN_HANDED_LIMIT], total = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    int here = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    for (int i = 0; i < here && total < POSTERN_HANDED_LIMIT; i++)
      memcpy(&found[total++], CMSG_DATA(header) + sizeof(int) * (size_t)i, sizeof(int));
  }
  if (total == count && !(message.msg_flags & MSG_CTRUNC)) {
    memcpy(numbers, found, sizeof(int) * (size_t)count);
    return 1;
  }
  for (int i = 0; i < total; i++) close(found[i]);
  errno = EPROTO;
  return -1;
}
