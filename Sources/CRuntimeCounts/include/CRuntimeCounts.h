// SPDX-License-Identifier: Apache-2.0
#ifndef POSTERN_RUNTIME_COUNTS_H
#define POSTERN_RUNTIME_COUNTS_H

#include <stdint.h>

/// What the calling thread did since it began to count.
struct postern_runtime_counts {
  /// Calls of malloc, calloc, realloc, posix_memalign and aligned_alloc, of whatever library.
  uint64_t allocations;
  /// Calls into Swift's runtime that retain or release an object, however often each.
  uint64_t retains;
  uint64_t releases;
};

/// Begins at zero. Until postern_counting_end() reference counting is slower, on every thread.
void postern_counting_begin(void);
struct postern_runtime_counts postern_counting_end(void);

#endif
