// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternCapture
import PosternControl
import PosternPlatform
import PosternState
import PosternTables

/// The keeper's own copies of what gates work with, one after another, whatever the configuration: ring, counters and sources.
struct GateResources: ~Copyable {
  private let ring: ReplayRing
  let counters: CountersReader
  private(set) var channels: [CaptureChannel]

  /// Binds the groups, then prepares the ring: both belong to one daemon alone, and say so when another has them.
  init(opening keeper: KeeperTables) throws {
    let channels = try keeper.groups.map { group throws(CaptureError) in try CaptureChannel(group: group) }
    let ring = try ReplayRing.prepare(path: keeper.ringPath, layout: try keeper.ringLayout())
    counters = try CountersReader(count: Counter.pageSlots)
    self.ring = ring
    self.channels = channels
  }

  /// The sources of another configuration: those that it shares with this one, and new ones for groups that this one has not.
  func channels(for groups: [UInt16]) throws(CaptureError) -> [CaptureChannel] {
    try groups.map { group throws(CaptureError) in
      if let present = channels.first(where: { $0.group == group }) { return present }
      return try CaptureChannel(group: group, patience: 0)
    }
  }

  /// Goes over to another configuration's sources and needs; to be called while no gate uses the ring.
  mutating func succeed(_ keeper: KeeperTables, _ channels: [CaptureChannel]) throws(StateError) {
    self.channels = channels
    try ring.enlarge(to: try keeper.ringLayout())
  }

  /// What a gate with these sources gets, under the numbers that it expects.
  func handed(_ channels: [CaptureChannel]) -> [SpawnedProcess.Descriptor] {
    [.init(lending: ring.descriptor, as: GateLaunch.ring), .init(counters.descriptor, as: GateLaunch.counters)]
      + channels.enumerated().map { $1.handed(as: GateLaunch.firstSource + Int32($0)) }
  }
}

extension KeeperTables {
  fileprivate var ringPath: String { stateDirectory + "/replay.ring" }

  fileprivate func ringLayout() throws(StateError) -> RingLayout {
    guard let layout = RingLayout(slotCount: Int(ringSlots)) else { throw .notPrepared }
    return layout
  }
}
