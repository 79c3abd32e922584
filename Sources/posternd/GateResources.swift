// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternCapture
import PosternControl
import PosternKnock
import PosternPlatform
import PosternState
import PosternTables

/// The keeper's own copies of what gates work with, one after another, whatever the configuration: rings, key states, counters and sources.
struct GateResources: ~Copyable {
  let rings: RingFiles
  private let keyStates: KeyStateFile
  let counters: CountersReader
  private(set) var sources: GateSources

  /// Binds groups and queues, then prepares the rings: both belong to one daemon alone, and say so when another has them.
  init(opening keeper: KeeperTables) throws {
    let sources = try GateSources(of: keeper)
    let rings = RingFiles(in: keeper.stateDirectory)
    try rings.prepare(keeper.rings)
    let keyStates = try KeyStateFile.prepare(path: keeper.keyStatesPath, layout: KeyStateLayout(keys: keeper.keys.count))
    counters = try CountersReader(count: Counter.pageSlots)
    self.rings = rings
    self.keyStates = keyStates
    self.sources = sources
  }

  /// The sources of another configuration: those that it shares with this one, and new ones for groups and queues that this one has not.
  func sources(for keeper: KeeperTables) throws(CaptureError) -> GateSources {
    try GateSources(of: keeper, sharing: sources, patience: 0)
  }

  /// Goes over to another configuration's sources and needs; to be called while no gate uses rings or key states.
  mutating func succeed(_ keeper: KeeperTables, _ sources: GateSources) throws(StateError) {
    self.sources = sources
    try rings.enlarge(keeper.rings)
    try keyStates.enlarge(to: KeyStateLayout(keys: keeper.keys.count))
  }

  /// The words for a gate of this configuration.
  func launch(_ keeper: KeeperTables, generation: UInt32, _ sources: GateSources, _ history: RingHistory) -> GateLaunch {
    GateLaunch(
      generation: generation, sources: sources.groups.count, queues: sources.queues.count,
      gatewayFingerprint: keeper.gatewayFingerprint, rings: rings.launched(keeper.rings, history))
  }

  /// What a gate with these sources gets, under the numbers that it expects.
  func handed(_ sources: GateSources, _ launch: GateLaunch) -> [SpawnedProcess.Descriptor] {
    [
      .init(counters.descriptor, as: GateLaunch.counters), .init(lending: keyStates.descriptor, as: GateLaunch.keyStates),
    ] + sources.handed + rings.handed(launch)
  }
}

extension KeeperTables {
  fileprivate var keyStatesPath: String { stateDirectory + "/keys.state" }
}
