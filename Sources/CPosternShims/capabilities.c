// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t joined(uint32_t low, uint32_t high) { return (uint64_t)high << 32 | low; }

int postern_capabilities_get(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{0}};
  if (syscall(SYS_capget, &header, data) < 0) return -1;
  *effective = joined(data[0].effective, data[1].effective);
  *permitted = joined(data[0].permitted, data[1].permitted);
  *inheritable = joined(data[0].inheritable, data[1].inheritable);
  return 0;
}

int postern_capabilities_set(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {
      {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
      {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)},
  };
  return (int)syscall(SYS_capset, &header, data);
}

int postern_bounding_has(int capability) { return prctl(PR_CAPBSET_READ, capability, 0, 0, 0); }
int postern_bounding_drop(int capability) { return prctl(PR_CAPBSET_DROP, capability, 0, 0, 0); }
int postern_ambient_clear(void) { return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); }
int postern_ambient_raise(int capability) { return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0); }
int postern_ambient_has(int capability) { return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0); }

enum {
  locked_bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
                SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED
};

int postern_securebits_lock(void) { return prctl(PR_SET_SECUREBITS, locked_bits, 0, 0, 0); }

int postern_securebits_are_locked(void) {
  int bits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
  return bits < 0 ? -1 : (bits & locked_bits) == locked_bits;
}
