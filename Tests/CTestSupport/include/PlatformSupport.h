// SPDX-License-Identifier: Apache-2.0
// What tests need of the system and products never do.
#ifndef PLATFORM_SUPPORT_H
#define PLATFORM_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

/// Gives the calling thread, and children it starts, a network of its own with loopback up.
int support_enter_new_network(void);
/// One UDP datagram from a new socket; `segment` > 0 asks the kernel to cut it up (UDP_SEGMENT). The source port, or -1.
int support_send_udp(const char *address, uint16_t port, const void *bytes, size_t count, int segment);
/// The netlink port id of a socket.
uint32_t support_netlink_port(int fd);
/// Sends bytes to another netlink socket of the same subsystem, as a foreign process could.
int support_netlink_send(uint32_t port, const void *bytes, size_t count);
int support_set_receive_buffer(int fd, int bytes);

/// Calls that the gate's filter kills for.
void support_call_uname(void);
void support_call_x32(void);
void support_map_code(void);
void support_signal_other(void);

#endif
