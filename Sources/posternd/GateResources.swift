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
  private(set) var sources: GateSources

  /// Binds groups and queues, then prepares the ring: both belong to one daemon alone, and say so when another has them.
  init(opening keeper: KeeperTables) throws {
    let sources = try GateSources(of: keeper)
    let ring = try ReplayRing.prepare(path: keeper.ringPath, layout: try keeper.ringLayout())
    counters = try CountersReader(count: Counter.pageSlots)
    self.ring = ring
    self.sources = sources
  }

  /// The sources of another configuration: those that it shares with this one, and new ones for groups and queues that this one has not.
  func sources(for keeper: KeeperTables) throws(CaptureError) -> GateSources {
    try GateSources(of: keeper, sharing: sources, patience: 0)
  }

  /// Goes over to another configuration's sources and needs; to be called while no gate uses the ring.
  mutating func succeed(_ keeper: KeeperTables, _ sources: GateSources) throws(StateError) {
    self.sources = sources
    try ring.enlarge(to: try keeper.ringLayout())
  }

  /// What a gate with these sources gets, under the numbers that it expects.
  func handed(_ sources: GateSources) -> [SpawnedProcess.Descriptor] {
    [.init(lending: ring.descriptor, as: GateLaunch.ring), .init(counters.descriptor, as: GateLaunch.counters)] + sources.handed
  }
}

extension KeeperTables {
  fileprivate var ringPath: String { stateDirectory + "/replay.ring" }

  fileprivate func ringLayout() throws(StateError) -> RingLayout {
    guard let layout = RingLayout(slotCount: Int(ringSlots)) else { throw .notPrepared }
    return layout
  }
}
