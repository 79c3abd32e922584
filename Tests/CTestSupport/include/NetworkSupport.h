// SPDX-License-Identifier: Apache-2.0
#ifndef NETWORK_SUPPORT_H
#define NETWORK_SUPPORT_H

#include <stdbool.h>
#include <stdint.h>

/// Puts the calling thread alone into a new, empty network namespace; gives a descriptor of the one it left, or -1 and errno.
int ctest_enter_new_network(void);

/// Puts the calling thread back into the namespace of `descriptor` and closes that; -1 and errno on failure.
int ctest_return_to_network(int descriptor);

/// Lays down or takes up CAP_NET_ADMIN for the calling thread alone; -1 and errno on failure.
int ctest_set_net_admin(bool isEffective);

/// The calling thread's id, which the kernel names in NFTA_GEN_PROC_PID.
uint32_t ctest_thread_id(void);

#endif
