// SPDX-License-Identifier: Apache-2.0
#ifndef RELAY_SUPPORT_H
#define RELAY_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

/// What the wire itself added to its delay, in microseconds a frame, and the frames that it lost.
struct support_relay_share {
  size_t frames;
  size_t lost;
  uint32_t late_p50;
  uint32_t late_p99;
};

/// A wire between two interfaces of a namespace that delays every frame by `delay` nanoseconds, in a thread of its own; zero when the
/// interfaces cannot be had.
uintptr_t support_relay_start(const char *path, const char *one, const char *other, uint64_t delay);
struct support_relay_share support_relay_stop(uintptr_t relay);

#endif
