// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "PlatformSupport.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

int support_enter_new_network(void) {
  if (unshare(CLONE_NEWNET) < 0) return -1;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  int result = ioctl(fd, SIOCSIFFLAGS, &request);
  close(fd);
  return result;
}

static socklen_t address_of(const char *text, uint16_t port, struct sockaddr_storage *out) {
  memset(out, 0, sizeof *out);
  struct sockaddr_in *v4 = (struct sockaddr_in *)out;
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return sizeof *v4;
  }
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
  if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1) return 0;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  return sizeof *v6;
}

int support_send_udp(const char *address, uint16_t port, const void *bytes, size_t count, int segment) {
  struct sockaddr_storage to, own;
  socklen_t length = address_of(address, port, &to), own_length = sizeof own;
  if (length == 0) return -1;
  int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  int result = -1;
  if ((segment == 0 || setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment) == 0) &&
      sendto(fd, bytes, count, 0, (struct sockaddr *)&to, length) == (ssize_t)count &&
      getsockname(fd, (struct sockaddr *)&own, &own_length) == 0)
    result = ntohs(((struct sockaddr_in *)&own)->sin_port);  // at the same place in both families
  close(fd);
  return result;
}

uint32_t support_netlink_port(int fd) {
  struct sockaddr_nl own;
  socklen_t length = sizeof own;
  return getsockname(fd, (struct sockaddr *)&own, &length) == 0 ? own.nl_pid : 0;
}

int support_netlink_send(uint32_t port, const void *bytes, size_t count) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (fd < 0) return -1;
  struct sockaddr_nl to = {.nl_family = AF_NETLINK, .nl_pid = port};
  int result = (int)sendto(fd, bytes, count, 0, (struct sockaddr *)&to, sizeof to);
  close(fd);
  return result;
}

int support_set_receive_buffer(int fd, int bytes) { return setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes); }

void support_call_uname(void) {
  struct utsname names;
  syscall(SYS_uname, &names);
}

void support_call_x32(void) { syscall(0x40000000 | SYS_getpid); }

void support_map_code(void) { mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }

void support_signal_other(void) { syscall(SYS_tgkill, 1, 1, 0); }
