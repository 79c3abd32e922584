// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternPlatform
import PosternState

/// The keeper's own copies of everything that a gate works with; a restarted gate gets the same.
struct GateResources: ~Copyable {
  let tables: OwnedDescriptor
  let ring: ReplayRing
  let counters: CountersReader
  let channels: [CaptureChannel]

  init(
    tables: consuming OwnedDescriptor, ring: consuming ReplayRing, counters: consuming CountersReader, channels: [CaptureChannel]
  ) {
    self.tables = tables
    self.ring = ring
    self.counters = counters
    self.channels = channels
  }

  /// What the gate gets, under the numbers that it expects.
  var handed: [SpawnedProcess.Descriptor] {
    [
      .init(tables, as: GateLaunch.tables), .init(lending: ring.descriptor, as: GateLaunch.ring),
      .init(counters.descriptor, as: GateLaunch.counters),
    ] + channels.enumerated().map { $1.handed(as: GateLaunch.firstSource + Int32($0)) }
  }
}
