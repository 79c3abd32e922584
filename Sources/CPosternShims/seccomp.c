// SPDX-License-Identifier: Apache-2.0
// The gate's system call filter, classic BPF written out: an allow list, a list that answers EPERM so that a proof can try it,
// and death for everything else.
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#define X32_BIT 0x40000000u
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "no system call filter for this architecture"
#endif

static const uint32_t allowed[] = {
    SYS_read, SYS_write, SYS_pread64, SYS_pwrite64, SYS_recvmsg, SYS_recvfrom, SYS_recvmmsg, SYS_sendmsg, SYS_sendto, SYS_epoll_pwait,
    SYS_clock_gettime, SYS_adjtimex, SYS_clock_adjtime, SYS_close, SYS_munmap, SYS_madvise, SYS_brk, SYS_futex, SYS_getrandom,
    SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_exit, SYS_exit_group, SYS_restart_syscall, SYS_gettid, SYS_getpid,
#if defined(__x86_64__)
    SYS_epoll_wait,
#endif
};

// What a proof may try: refused, and not deadly. Everything that is in neither list kills.
static const uint32_t refused[] = {
    SYS_openat, SYS_openat2, SYS_socket, SYS_connect, SYS_bind, SYS_execve, SYS_execveat, SYS_clone, SYS_clone3, SYS_ptrace, SYS_capset,
    SYS_kill,
#if defined(__x86_64__)
    SYS_open, SYS_creat, SYS_fork, SYS_vfork,
#endif
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, value)
// Classic BPF loads 32 bits: the low half of argument n on a little-endian machine.
#define LOAD_ARGUMENT(n) LOAD(args[n])

enum { room = 160 };

struct program {
  struct sock_filter steps[room];
  unsigned short count;
};

static void put(struct program *program, struct sock_filter step) {
  if (program->count < room) program->steps[program->count] = step;
  program->count++;
}

static void put_answer_for(struct program *program, uint32_t number, uint32_t answer) {
  put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
  put(program, (struct sock_filter)ANSWER(answer));
}

// Another architecture's numbers mean other calls; x32 calls wear the native architecture and one bit.
static void put_architecture(struct program *program) {
  put(program, (struct sock_filter)LOAD(arch));
  put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCHITECTURE, 1, 0));
  put(program, (struct sock_filter)ANSWER(SECCOMP_RET_KILL_PROCESS));
  put(program, (struct sock_filter)LOAD(nr));
#if defined(__x86_64__)
  put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1));
  put(program, (struct sock_filter)ANSWER(SECCOMP_RET_KILL_PROCESS));
#endif
}

// Memory yes, code no.
static void put_without_exec(struct program *program, uint32_t number) {
  put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4));
  put(program, (struct sock_filter)LOAD_ARGUMENT(2));
  put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1));
  put(program, (struct sock_filter)ANSWER(SECCOMP_RET_KILL_PROCESS));
  put(program, (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW));
}

// abort() signals its own thread; nobody else's.
static void put_own_signal(struct program *program) {
  put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4));
  put(program, (struct sock_filter)LOAD_ARGUMENT(0));
  put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1));
  put(program, (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW));
  put(program, (struct sock_filter)ANSWER(SECCOMP_RET_KILL_PROCESS));
}

int postern_seccomp_gate(void) {
  struct program program = {.count = 0};
  put_architecture(&program);
  for (size_t i = 0; i < COUNT(allowed); i++) put_answer_for(&program, allowed[i], SECCOMP_RET_ALLOW);
  for (size_t i = 0; i < COUNT(refused); i++) put_answer_for(&program, refused[i], SECCOMP_RET_ERRNO | EPERM);
  put_without_exec(&program, SYS_mmap);
  put_without_exec(&program, SYS_mprotect);
  put_answer_for(&program, SYS_mremap, SECCOMP_RET_ALLOW);
  put_own_signal(&program);
  put(&program, (struct sock_filter)ANSWER(SECCOMP_RET_KILL_PROCESS));
  if (program.count > room) {
    errno = E2BIG;
    return -1;
  }
  struct sock_fprog filter = {program.count, program.steps};
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  if (result > 0) errno = EBUSY;  // the number of a thread that could not follow
  return result == 0 ? 0 : -1;
}
