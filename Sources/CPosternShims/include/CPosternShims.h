// SPDX-License-Identifier: Apache-2.0
// What Swift cannot import itself: GNU extensions, variadic calls, macros, atomics. One system call a function.
// Where nothing else is said a function answers as its system call does: -1 and errno on failure.
#ifndef CPOSTERN_SHIMS_H
#define CPOSTERN_SHIMS_H

#include <netinet/in.h>

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/types.h>

// errors.c
/// The static text of an errno; never NULL.
const char *postern_error_text(int code);

// events.c
/// What is ready: an epoll_event without its union.
struct postern_event {
  uint64_t token;
  uint32_t events;
};
int postern_epoll_create(void);
int postern_epoll_control(int loop, int action, int fd, uint32_t interest, uint64_t token);
/// At most 64 events a call.
int postern_epoll_wait(int loop, struct postern_event *out, int capacity, int milliseconds);

// sockets.c
int postern_seqpacket_pair(int *near_end, int *far_end);
int postern_unix_socket(int nonblocking);
/// ENAMETOOLONG when the path does not fit into sun_path.
int postern_unix_bind(int fd, const char *path);
int postern_unix_connect(int fd, const char *path);
int postern_accept(int fd);
int postern_peer_credentials(int fd, uint32_t *uid, uint32_t *gid, int32_t *pid);
/// The number of the peer's supplementary groups, of which the first `capacity` are stored.
int postern_peer_groups(int fd, uint32_t *out, int capacity);
int postern_datagram_socket(void);
/// One datagram to the socket at `path`; never waits, never raises SIGPIPE.
ssize_t postern_send_to(int fd, const char *path, const void *bytes, size_t length);
/// 1 when the path is a socket, 0 when it is something else or nothing.
int postern_is_socket(const char *path);

/// family: 4 or 6; an IPv4 address stands in the first four bytes.
struct postern_address {
  uint8_t family;
  uint8_t bytes[16];
};
/// The number of addresses of this host's interfaces, of which the first `capacity` are stored.
int postern_own_addresses(struct postern_address *out, int capacity);

// memory.c
int postern_memory_file(const char *name);
int postern_seal(int fd);
int postern_seal_size(int fd);
/// 1 when the content can no longer change, 0 when it can.
int postern_is_sealed(int fd);
/// 1 when the size can no longer change, 0 when it can.
int postern_is_size_sealed(int fd);
/// NULL on failure.
void *postern_map_shared(int fd, size_t length, int writable);
// 1, or 0 where the C library does not take it.
int postern_return_blocks_from(int bytes);
/// Gives back free memory, and the pages of program and libraries, which come back as they are used.
void postern_forget_start(void);

static inline void postern_counter_add(uint64_t *counter, uint64_t amount) {
  __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}
static inline uint64_t postern_counter_load(const uint64_t *counter) { return __atomic_load_n(counter, __ATOMIC_RELAXED); }

// namespaces.c
/// The calling thread alone goes into the network namespace that `fd` names (setns(2)).
int postern_enter_network(int fd);

// clock.c
/// 1 when the kernel says that the clock is disciplined, 0 when not.
int postern_clock_is_synchronised(void);

// spawn.c
struct postern_descriptor {
  int from;
  int to;
};
/// Starts `path`; every descriptor above and between the given ones is closed, a standard stream not given is /dev/null.
/// Answers an errno, 0 for success, as posix_spawn does.
int postern_spawn(const char *path, char *const argv[], char *const envp[], const struct postern_descriptor *descriptors, int count,
                  pid_t *pid);
int postern_duplicate_above(int fd, int minimum);
int postern_pidfd_open(pid_t pid);
int postern_pidfd_signal(int pidfd, int signal);
/// 1 with the end of the child, 0 while it runs.
int postern_reap(int pidfd, int block, int *signalled, int *status);

// actions.c
/// The steps between fork and exec, in the numbers of ActionOutcome.Step.
enum {
  POSTERN_STEP_FORK = 1,
  POSTERN_STEP_DESCRIPTORS,
  POSTERN_STEP_IDENTITY,
  POSTERN_STEP_LIMITS,
  POSTERN_STEP_DIRECTORY,
  POSTERN_STEP_EXECUTE
};
struct postern_action {
  /// argv[0] is the path.
  char *const *argv;
  char *const *envp;
  const char *directory;
  int standard[3];
  /// Becomes descriptor 3; -1 for none.
  int listener;
  int changes_identity;
  uid_t uid;
  gid_t gid;
  const gid_t *groups;
  size_t group_count;
  /// Of CPU time.
  uint64_t seconds;
  /// Where the child writes its own process id, 16 bytes at least; NULL for nowhere.
  char *own_pid;
};
/// Starts a program in a session of its own, as its user, without capabilities, with limits, killed when this process ends. Only for a
/// process with one thread. An errno, 0 for success; a child that failed at a step is to be reaped all the same.
int postern_start_action(const struct postern_action *action, pid_t *pid, uint8_t *step);

// listeners.c
/// A socket that listens; `both_families` lets one of the unspecified IPv6 address take IPv4 too.
int postern_listener(const struct postern_address *address, uint16_t port, int datagrams, int both_families, int waits);
int postern_accept_peer(int fd, struct postern_address *peer, uint16_t *port);
/// Reading does not wait.
int postern_pipe(int *reader, int *writer);
enum { POSTERN_HANDED_LIMIT = 8 };
/// One byte and these descriptors (SCM_RIGHTS of unix(7)); never waits.
int postern_send_descriptors(int fd, const int *numbers, int count);
/// Waits for one byte with exactly `count` descriptors: 1, 0 at the end, EPROTO for anything else, whose descriptors are closed.
int postern_receive_descriptors(int fd, int *numbers, int count);

// capabilities.c
int postern_capabilities_get(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable);
int postern_capabilities_set(uint64_t effective, uint64_t permitted, uint64_t inheritable);
/// 1 in the bounding set, 0 not in it, -1 unknown to this kernel.
int postern_bounding_has(int capability);
int postern_bounding_drop(int capability);
int postern_ambient_clear(void);
int postern_ambient_raise(int capability);
int postern_ambient_has(int capability);
/// Locks the secure bits so that neither uid 0 nor ambient capabilities give anything at an exec.
int postern_securebits_lock(void);
/// 1 when those bits are set.
int postern_securebits_are_locked(void);

// hardening.c
int postern_undumpable(void);
int postern_default_crash_signals(void);
int postern_no_new_privileges(void);
int postern_die_with_parent(void);
enum postern_limit { POSTERN_LIMIT_CORE, POSTERN_LIMIT_PROCESSES, POSTERN_LIMIT_FILES, POSTERN_LIMIT_FILE_SIZE };
int postern_limit(enum postern_limit limit, uint64_t value);

// landlock.c
/// The kernel's Landlock ABI; 0 when it has none.
int postern_landlock_abi(void);
/// Denies every right that this ABI knows; needs no_new_privs.
int postern_landlock_deny_all(int abi);

// seccomp.c
/// The gate's filter on all threads; needs no_new_privs.
int postern_seccomp_gate(void);

// probes.c: each tries one forbidden thing; 1 when it was allowed, 0 when it was refused.
int postern_probe_open(void);
int postern_probe_inet_socket(void);
int postern_probe_netlink_socket(void);
int postern_probe_connect(void);
int postern_probe_kill(void);
int postern_probe_ptrace(void);
int postern_probe_capset(void);
int postern_probe_fork(void);
int postern_probe_exec(void);

#endif
