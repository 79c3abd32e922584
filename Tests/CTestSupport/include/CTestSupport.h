// SPDX-License-Identifier: Apache-2.0
// What tests need of the system and products never do.
#ifndef C_TEST_SUPPORT_H
#define C_TEST_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Puts the calling thread alone into a new, empty network namespace; gives a descriptor of the one it left, or -1 and errno.
int ctest_enter_new_network(void);

/// Puts the calling thread back into the namespace of `descriptor` and closes that; -1 and errno on failure.
int ctest_return_to_network(int descriptor);

/// Lays down or takes up CAP_NET_ADMIN for the calling thread alone; -1 and errno on failure.
int ctest_set_net_admin(bool isEffective);

/// The calling thread's id, which the kernel names in NFTA_GEN_PROC_PID.
uint32_t ctest_thread_id(void);

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
