// SPDX-License-Identifier: Apache-2.0
// Sockets inside network namespaces, named by their path. Each gives a descriptor, or -1.
#ifndef LAB_SUPPORT_H
#define LAB_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

/// Bound to `from`, connected to `to`.
int support_udp_in(const char *path, const char *from, const char *to, uint16_t port);
/// Connected to `to`; takes whole IP packets, IP header included.
int support_packets_in(const char *path, const char *to);
/// A connected stream, -1 when none comes about within the time.
int support_connect_in(const char *path, const char *to, uint16_t port, int milliseconds);
/// A stream whose first segment is on its way; it does not block.
int support_begin_connect_in(const char *path, const char *to, uint16_t port);
/// Makes connection tracking forget all flows; 0 on success.
int support_flush_conntrack_in(const char *path);
/// What an attempt to connect meets: 0 when a stream comes about, an errno value otherwise; ETIMEDOUT when nothing answers in time.
int support_answer_in(const char *path, const char *to, uint16_t port, int milliseconds);
/// Writes the address of the other end; 0 on success.
int support_peer(int fd, char *text, size_t size);
/// Listens on all addresses of both families.
int support_listen_in(const char *path, uint16_t port);
/// Takes datagrams at a port of all addresses of both families.
int support_datagrams_in(const char *path, uint16_t port);
/// Sends the bytes back to whoever sent the latest datagram, having waited for one; the count that came, -1 when none came in time.
int support_answer_datagram(int fd, void *buffer, size_t size, int milliseconds);
/// The port of this end; 0 when there is none.
uint16_t support_port(int fd);
int support_unix_connect(const char *path);
/// As another user in no group but this; the caller is root.
int support_unix_connect_as(const char *path, uint32_t user, uint32_t group);
/// A socket for datagrams at a path.
int support_datagram_listen(const char *path);
/// Sends the bytes `times` times, the last four counting up.
void support_flood(int fd, const void *bytes, size_t count, int times);
/// Everything that the namespace's interfaces see.
int support_capture_in(const char *path);
/// The next frame that came in (none that went out): its length, 0 when there is none now.
int support_capture_next(int fd, void *buffer, size_t size);

#endif
