// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternCapture
import PosternControl
import PosternPlatform
import PosternState
import PosternTables

/// The keeper's own copies of everything that a gate works with; a restarted gate gets the same.
struct GateResources: ~Copyable {
  let tables: OwnedDescriptor
  let ring: ReplayRing
  let counters: CountersReader
  let channels: [CaptureChannel]

  /// Binds the groups, then prepares the ring: both belong to one daemon alone, and say so when another has them.
  init(opening keeper: KeeperTables, gateTables: consuming OwnedDescriptor) throws {
    guard let layout = RingLayout(slotCount: Int(keeper.ringSlots)) else { throw StateError.notPrepared }
    let channels = try keeper.groups.map { group throws(CaptureError) in try CaptureChannel(group: group) }
    let ring = try ReplayRing.prepare(path: keeper.stateDirectory + "/replay.ring", layout: layout)
    counters = try CountersReader(count: Counter.pageSlots)
    self.ring = ring
    self.channels = channels
    tables = gateTables
  }

  /// What the gate gets, under the numbers that it expects.
  var handed: [SpawnedProcess.Descriptor] {
    [
      .init(tables, as: GateLaunch.tables), .init(lending: ring.descriptor, as: GateLaunch.ring),
      .init(counters.descriptor, as: GateLaunch.counters),
    ] + channels.enumerated().map { $1.handed(as: GateLaunch.firstSource + Int32($0)) }
  }
}
