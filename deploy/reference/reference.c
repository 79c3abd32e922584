// SPDX-License-Identifier: Apache-2.0
//
// What a gatekeeper costs at least: C on libmnl, no keys, no checks, no audit. deploy/bench measures Postern beside it.
//
//   reference grant GROUP THRESHOLD          logged packets -> elements of `inet reference door4`, until it is ended
//   reference count GROUP THRESHOLD SECONDS  counts logged packets, and those that were lost
//   reference flood FILE ADDRESS PORT SECONDS PER_SECOND   sends the datagrams of FILE in turn (0: as fast as it goes)
//
// A packet's last four bytes say in host order which address is granted: 10.96.0.1 + number, tcp, port 22.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

enum {
  buffer_size = 256 << 10, // a datagram can be twice as long as the group's buffer
  group_buffer = 64 << 10,
  socket_buffer = 8 << 20,
  copy_range = 512,
  lease_ms = 60000,
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

// --- netlink ---------------------------------------------------------------------------------------------------------------------

static int open_netlink(void) {
  int number = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  if (number < 0 || bind(number, (struct sockaddr *)&address, sizeof address) < 0) fail("netlink");
  int size = socket_buffer;
  if (setsockopt(number, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
    setsockopt(number, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  return number;
}

static struct nlmsghdr *put_message(void *place, int type, int flags, int family, int resource) {
  struct nlmsghdr *message = mnl_nlmsg_put_header(place);
  message->nlmsg_type = type;
  message->nlmsg_flags = NLM_F_REQUEST | flags;
  struct nfgenmsg *extra = mnl_nlmsg_put_extra_header(message, sizeof *extra);
  extra->nfgen_family = family;
  extra->res_id = htons(resource);
  return message;
}

// Reads until the kernel has answered.
static int answer(int number) {
  char buffer[8192];
  for (;;) {
    ssize_t count = recv(number, buffer, sizeof buffer, 0);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    int rest = (int)count;
    struct nlmsghdr *message = (struct nlmsghdr *)buffer;
    for (; mnl_nlmsg_ok(message, rest); message = mnl_nlmsg_next(message, &rest))
      if (message->nlmsg_type == NLMSG_ERROR) return ((struct nlmsgerr *)mnl_nlmsg_get_payload(message))->error;
  }
}

static void exchange(int number, struct nlmsghdr *message, const char *what) {
  if (send(number, message, message->nlmsg_len, 0) < 0) fail(what);
  int error = answer(number);
  if (error < 0) {
    errno = -error;
    fail(what);
  }
}

// --- NFLOG -----------------------------------------------------------------------------------------------------------------------

static int open_group(int group, unsigned threshold) {
  int number = open_netlink();
  char buffer[512];
  int type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
  struct nlmsghdr *message = put_message(buffer, type, NLM_F_ACK, AF_UNSPEC, group);
  struct nfulnl_msg_config_cmd command = {.command = NFULNL_CFG_CMD_BIND};
  mnl_attr_put(message, NFULA_CFG_CMD, sizeof command, &command);
  exchange(number, message, "bind group");
  message = put_message(buffer, type, NLM_F_ACK, AF_UNSPEC, group);
  struct nfulnl_msg_config_mode mode = {.copy_range = htonl(copy_range), .copy_mode = NFULNL_COPY_PACKET};
  mnl_attr_put(message, NFULA_CFG_MODE, sizeof mode, &mode);
  mnl_attr_put_u32(message, NFULA_CFG_NLBUFSIZ, htonl(group_buffer));
  mnl_attr_put_u32(message, NFULA_CFG_QTHRESH, htonl(threshold));
  mnl_attr_put_u32(message, NFULA_CFG_TIMEOUT, htonl(1));
  mnl_attr_put_u16(message, NFULA_CFG_FLAGS, htons(NFULNL_CFG_F_SEQ));
  exchange(number, message, "configure group");
  return number;
}

struct packet {
  const uint8_t *bytes;
  size_t length;
  uint32_t sequence;
};

static bool read_packet(const struct nlmsghdr *message, struct packet *packet) {
  if (message->nlmsg_type != (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET)) return false;
  *packet = (struct packet){0};
  struct nlattr *attribute;
  mnl_attr_for_each(attribute, message, sizeof(struct nfgenmsg)) {
    switch (mnl_attr_get_type(attribute)) {
    case NFULA_PAYLOAD:
      packet->bytes = mnl_attr_get_payload(attribute);
      packet->length = mnl_attr_get_payload_len(attribute);
      break;
    case NFULA_SEQ: packet->sequence = ntohl(mnl_attr_get_u32(attribute)); break;
    }
  }
  return packet->bytes != NULL;
}

// --- elements --------------------------------------------------------------------------------------------------------------------

// An IPv4 address, a protocol and a port, each in its own four bytes.
struct key {
  uint32_t address;
  uint8_t protocol, pad1[3];
  uint16_t port, pad2;
};

struct batch {
  char *end;
  struct nlmsghdr *message;
  struct nlattr *list;
  unsigned count;
  char bytes[128 << 10];
};

static void begin(struct batch *batch) {
  struct nlmsghdr *start = put_message(batch->bytes, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
  batch->end = batch->bytes + MNL_ALIGN(start->nlmsg_len);
  batch->message = put_message(
      batch->end, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_ACK, NFPROTO_INET, 0);
  mnl_attr_put_strz(batch->message, NFTA_SET_ELEM_LIST_TABLE, "reference");
  mnl_attr_put_strz(batch->message, NFTA_SET_ELEM_LIST_SET, "door4");
  batch->list = mnl_attr_nest_start(batch->message, NFTA_SET_ELEM_LIST_ELEMENTS);
  batch->count = 0;
}

static void add(struct batch *batch, uint32_t number) {
  struct key key = {.address = htonl(0x0a600001u + number), .protocol = IPPROTO_TCP, .port = htons(22)};
  struct nlattr *element = mnl_attr_nest_start(batch->message, NFTA_LIST_ELEM);
  struct nlattr *data = mnl_attr_nest_start(batch->message, NFTA_SET_ELEM_KEY);
  mnl_attr_put(batch->message, NFTA_DATA_VALUE, sizeof key, &key);
  mnl_attr_nest_end(batch->message, data);
  mnl_attr_put_u64(batch->message, NFTA_SET_ELEM_TIMEOUT, __builtin_bswap64(lease_ms));
  mnl_attr_nest_end(batch->message, element);
  batch->count++;
}

static void commit(struct batch *batch, int number) {
  mnl_attr_nest_end(batch->message, batch->list);
  char *end = (char *)batch->message + MNL_ALIGN(batch->message->nlmsg_len);
  struct nlmsghdr *last = put_message(end, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
  size_t length = (size_t)(end + last->nlmsg_len - batch->bytes);
  if (send(number, batch->bytes, length, 0) < 0) fail("send batch");
  int error = answer(number);
  if (error < 0) fprintf(stderr, "batch: %s\n", strerror(-error));
}

// --- commands --------------------------------------------------------------------------------------------------------------------

// One datagram of the kernel's, with all packets in it, becomes one transaction.
static int grant(int group, unsigned threshold) {
  static char buffer[buffer_size];
  static struct batch batch;
  int log = open_group(group, threshold), sets = open_netlink();
  puts("ready");
  fflush(stdout);
  for (;;) {
    ssize_t count = recv(log, buffer, sizeof buffer, 0);
    if (count < 0) continue;
    begin(&batch);
    int rest = (int)count;
    struct nlmsghdr *message = (struct nlmsghdr *)buffer;
    for (; mnl_nlmsg_ok(message, rest); message = mnl_nlmsg_next(message, &rest)) {
      struct packet packet;
      uint32_t index;
      if (!read_packet(message, &packet) || packet.length < 32) continue;
      memcpy(&index, packet.bytes + packet.length - 4, 4);
      add(&batch, index);
    }
    if (batch.count > 0) commit(&batch, sets);
  }
}

static double processor(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static int count(int group, unsigned threshold, double seconds) {
  static char buffer[buffer_size];
  int log = open_group(group, threshold);
  struct timeval patience = {.tv_usec = 100000};
  setsockopt(log, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  puts("ready");
  fflush(stdout);
  uint64_t packets = 0, lost = 0;
  uint32_t expected = 0;
  double spent = processor(), end = now() + seconds;
  while (now() < end) {
    ssize_t length = recv(log, buffer, sizeof buffer, 0);
    if (length < 0) continue;
    int rest = (int)length;
    struct nlmsghdr *message = (struct nlmsghdr *)buffer;
    for (; mnl_nlmsg_ok(message, rest); message = mnl_nlmsg_next(message, &rest)) {
      struct packet packet;
      if (!read_packet(message, &packet)) continue;
      if (packets > 0) lost += packet.sequence - expected;
      expected = packet.sequence + 1;
      packets++;
    }
  }
  spent = processor() - spent;
  printf("packets=%lu lost=%lu cpu_ns=%.0f\n", packets, lost, packets ? spent * 1e9 / packets : 0);
  return 0;
}

// FILE: for each datagram its length in two bytes, host order, and the bytes.
static int flood(const char *path, const char *to, int port, double seconds, double rate) {
  enum { batch_size = 64, most = 1 << 16 };
  static char bytes[32 << 20];
  static struct iovec parts[most];
  static struct mmsghdr messages[batch_size];
  int file = open(path, O_RDONLY | O_CLOEXEC), socket_number = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (file < 0 || inet_pton(AF_INET, to, &address.sin_addr) != 1) fail(path);
  if (connect(socket_number, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  ssize_t length = read(file, bytes, sizeof bytes);
  size_t total = 0;
  for (ssize_t place = 0; place + 2 <= length && total < most; total++) {
    uint16_t size;
    memcpy(&size, bytes + place, 2);
    parts[total] = (struct iovec){bytes + place + 2, size};
    place += 2 + size;
  }
  if (total == 0) return 1;
  uint64_t sent = 0;
  double start = now(), time;
  while ((time = now()) < start + seconds) {
    unsigned wanted = batch_size;
    if (rate > 0) {
      double due = (time - start) * rate - (double)sent;
      if (due < 1) {
        nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
        continue;
      }
      if (due < wanted) wanted = (unsigned)due;
    }
    for (unsigned index = 0; index < wanted; index++)
      messages[index].msg_hdr = (struct msghdr){.msg_iov = &parts[(sent + index) % total], .msg_iovlen = 1};
    int done = sendmmsg(socket_number, messages, wanted, 0);
    if (done > 0) sent += (uint64_t)done;
  }
  printf("sent=%lu seconds=%.3f\n", sent, now() - start);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 4 && !strcmp(argv[1], "grant")) return grant(atoi(argv[2]), (unsigned)atoi(argv[3]));
  if (argc == 5 && !strcmp(argv[1], "count")) return count(atoi(argv[2]), (unsigned)atoi(argv[3]), atof(argv[4]));
  if (argc == 7 && !strcmp(argv[1], "flood")) return flood(argv[2], argv[3], atoi(argv[4]), atof(argv[5]), atof(argv[6]));
  fputs("usage: reference grant|count|flood ...\n", stderr);
  return 64;
}
