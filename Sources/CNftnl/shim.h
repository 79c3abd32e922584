// SPDX-License-Identifier: Apache-2.0
// libmnl, libnftnl and the nftables headers for Swift, with what does not import by itself.
#ifndef POSTERN_CNFTNL_H
#define POSTERN_CNFTNL_H

// First: otherwise linux/in.h defines its structures before module SwiftGlibc does, and the two clash.
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/set.h>
#include <libnftnl/udata.h>

/// One netlink message inside a datagram, as offsets from the datagram's start.
struct postern_message {
  uint16_t type;
  uint16_t flags;
  uint32_t sequence;
  uint32_t port;
  size_t payload;
  size_t end;
  size_t next;
};

/// Whether a whole message stands at `offset`; mnl_nlmsg_ok checks its length against the bytes left, but as an int: a length of
/// 2 GiB and more is negative there and passes.
static inline bool postern_message_at(const void *bytes, size_t length, size_t offset, struct postern_message *found) {
  if (offset >= length || length > INT32_MAX) return false;
  const struct nlmsghdr *header = (const struct nlmsghdr *)((const char *)bytes + offset);
  if (!mnl_nlmsg_ok(header, (int)(length - offset)) || header->nlmsg_len > length - offset) return false;
  found->type = header->nlmsg_type;
  found->flags = header->nlmsg_flags;
  found->sequence = header->nlmsg_seq;
  found->port = header->nlmsg_pid;
  found->payload = offset + MNL_NLMSG_HDRLEN;
  found->end = offset + header->nlmsg_len;
  found->next = offset + MNL_ALIGN((size_t)header->nlmsg_len);
  return true;
}

/// One attribute, as offsets from the start of the bytes.
struct postern_attribute {
  uint16_t type;
  size_t payload;
  size_t end;
  size_t next;
};

/// Whether a whole attribute stands at `offset` before `length`; mnl_attr_ok checks its length against the bytes left.
static inline bool postern_attribute_at(const void *bytes, size_t length, size_t offset, struct postern_attribute *found) {
  if (offset >= length || length > INT32_MAX) return false;
  const struct nlattr *attribute = (const struct nlattr *)((const char *)bytes + offset);
  if (!mnl_attr_ok(attribute, (int)(length - offset))) return false;
  found->type = mnl_attr_get_type(attribute);
  found->payload = offset + MNL_ATTR_HDRLEN;
  found->end = offset + mnl_attr_get_len(attribute);
  found->next = offset + MNL_ALIGN((size_t)mnl_attr_get_len(attribute));
  return true;
}

/// Binds to an address that the kernel chooses and gives it back; -1 and errno on failure.
static inline int postern_netlink_bind(int fd, uint32_t *port) {
  struct sockaddr_nl address;
  memset(&address, 0, sizeof address);
  address.nl_family = AF_NETLINK;
  if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0) return -1;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) return -1;
  *port = address.nl_pid;
  return 0;
}

/// Lets the kernel drop datagrams that begin with a message caused by `port`; -1 and errno on failure.
/// All messages of a datagram of events come from one transaction, so from one port.
static inline int postern_netlink_ignore_port(int fd, uint32_t port) {
  // BPF_ABS loads big-endian; the header has the machine's own order.
  struct sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct nlmsghdr, nlmsg_pid)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(port), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
  };
  struct sock_fprog program = {sizeof steps / sizeof steps[0], steps};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

/// Lets the kernel drop events of flows whose mark has none of these bits; -1 and errno on failure. A datagram holds one event.
static inline int postern_netlink_want_marks(int fd, uint32_t bits) {
  struct sock_filter steps[] = {
      // The attribute CTA_MARK behind the headers; SKF_AD_NLATTR gives its place, or zero.
      BPF_STMT(BPF_LD | BPF_IMM, sizeof(struct nlmsghdr) + sizeof(struct nfgenmsg)),
      BPF_STMT(BPF_LDX | BPF_IMM, CTA_MARK),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 4, 0),
      BPF_STMT(BPF_MISC | BPF_TAX, 0),
      BPF_STMT(BPF_LD | BPF_W | BPF_IND, sizeof(struct nlattr)),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = {sizeof steps / sizeof steps[0], steps};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

/// Starts a netfilter message of any subsystem in `room`.
static inline struct nlmsghdr *postern_netfilter_message(
    char *room, uint16_t type, uint8_t family, uint16_t flags, uint32_t sequence) {
  struct nlmsghdr *header = mnl_nlmsg_put_header(room);
  header->nlmsg_type = type;
  header->nlmsg_flags = flags;
  header->nlmsg_seq = sequence;
  struct nfgenmsg *netfilter = (struct nfgenmsg *)mnl_nlmsg_put_extra_header(header, sizeof *netfilter);
  netfilter->nfgen_family = family;
  netfilter->version = NFNETLINK_V0;
  netfilter->res_id = 0;
  return header;
}

/// Sends one datagram to the kernel.
static inline ssize_t postern_netlink_send(int fd, const void *bytes, size_t length) {
  struct sockaddr_nl kernel;
  memset(&kernel, 0, sizeof kernel);
  kernel.nl_family = AF_NETLINK;
  return sendto(fd, bytes, length, 0, (const struct sockaddr *)&kernel, sizeof kernel);
}

/// Receives one datagram; the result is its real length, which may exceed `size`. `sender` is 0 for the kernel.
static inline ssize_t postern_netlink_receive(int fd, void *bytes, size_t size, uint32_t *sender) {
  struct sockaddr_nl address;
  memset(&address, 0, sizeof address);
  socklen_t length = sizeof address;
  ssize_t count = recvfrom(fd, bytes, size, MSG_TRUNC, (struct sockaddr *)&address, &length);
  *sender = address.nl_pid;
  return count;
}

#endif
