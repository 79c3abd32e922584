// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock

/// The two clocks of the keeper, driven by the times of packets: what runs on steadily never steps back.
struct ModelClock {
  private var start: Timestamp?
  private var uptime: UInt64 = 0

  mutating func advance(to now: Timestamp) -> Moment {
    let start = start ?? now
    self.start = start
    uptime = max(uptime, now.nanoseconds - min(start, now).nanoseconds)
    return Moment(wall: now, uptime: uptime)
  }
}
