// SPDX-License-Identifier: Apache-2.0
#ifndef POSTERN_CTESTSUPPORT_H
#define POSTERN_CTESTSUPPORT_H

/// Puts the calling thread alone into a new, empty network namespace; gives a descriptor of the one it left, or -1 and errno.
int ctest_enter_new_network(void);

/// Puts the calling thread back into the namespace of `descriptor` and closes that; -1 and errno on failure.
int ctest_return_to_network(int descriptor);

#endif
