// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternCapture
import PosternControl
import PosternKnock
import PosternPlatform
import PosternState
import PosternTables
import PosternWire

/// The keeper's own copies of what gates work with, one after another, whatever the configuration: rings, key states, counters and sources.
struct GateResources: ~Copyable {
  let rings: RingFiles
  private let keyStates: KeyStateFile
  let counters: CountersReader
  private(set) var sources: GateSources
  /// How many gates there are, and since when: nanoseconds of this boot.
  private var team: (size: Int, since: UInt64)

  /// Binds groups and queues, then prepares the rings: both belong to one daemon alone, and say so when another has them.
  init(opening keeper: KeeperTables) throws {
    let sources = try GateSources(of: keeper)
    let rings = RingFiles(in: keeper.stateDirectory)
    try rings.prepare(keeper.rings, gates: keeper.gates)
    let keyStates = try KeyStateFile.prepare(path: keeper.keyStatesPath, layout: KeyStateLayout(keys: keeper.keys.count))
    counters = try CountersReader(count: Counter.pageSlots)
    team = (keeper.gates, SystemClock.monotonic())
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
    if keeper.gates != team.size { team = (keeper.gates, SystemClock.monotonic()) }
    try rings.enlarge(keeper.rings)
    try keyStates.enlarge(to: KeyStateLayout(keys: keeper.keys.count))
  }

  /// The first gates of this keeper, none of them started yet.
  func gates(of configuration: consuming CompiledConfiguration, generation: UInt32, isNewGateway: Bool) throws -> Gates {
    try gates(of: configuration, generation: generation, sources, isNewGateway ? .new : .known)
  }

  /// The gates that follow those before in the life of this keeper.
  func gates(
    after before: Gates, of configuration: consuming CompiledConfiguration, _ sources: GateSources
  ) throws -> Gates {
    let history = configuration.keeper.gates == team.size ? RingHistory.continued : .known
    return try gates(of: configuration, generation: before.generation &+ 1, sources, history)
  }

  private func gates(
    of configuration: consuming CompiledConfiguration, generation: UInt32, _ sources: GateSources, _ history: RingHistory
  ) throws -> Gates {
    let keeper = configuration.keeper
    let shares = (0..<keeper.gates).map { place in
      let share = sources.share(of: place, among: keeper.gates)
      let launch = GateLaunch(
        generation: generation, sources: share.groups.count, queues: share.queues.count,
        gatewayFingerprint: fingerprint(keeper), rings: rings.launched(keeper.rings, ofGate: place, history))
      return (launch, handed(share, rings.handed(launch, ofGate: place)))
    }
    return Gates(try Programs.path("postern-gate"), tables: configuration.gateTables, shares)
  }

  /// What ties rings to the gateway.
  ///
  /// The rings of several gates hold a part each of what was spent, and are whole only with what their keeper remembers meanwhile. So
  /// they belong to that keeper, and to that number of gates: before and after each ring is another gateway's, and has its fence.
  private func fingerprint(_ keeper: KeeperTables) -> UInt64 {
    guard keeper.gates > 1 else { return keeper.gatewayFingerprint }
    let since = keeper.gates == team.size ? team.since : SystemClock.monotonic()
    var mixed = SplitMix64(seed: keeper.gatewayFingerprint ^ since)
    return mixed.next()
  }

  /// Under the numbers that a gate expects.
  private func handed(_ sources: GateSources, _ rings: [SpawnedProcess.Descriptor]) -> [SpawnedProcess.Descriptor] {
    [
      .init(counters.descriptor, as: GateLaunch.counters), .init(lending: keyStates.descriptor, as: GateLaunch.keyStates),
    ] + sources.handed + rings
  }
}

extension KeeperTables {
  fileprivate var keyStatesPath: String { stateDirectory + "/keys.state" }
}
