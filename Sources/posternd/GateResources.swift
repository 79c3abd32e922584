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
  private var team: GateTeam

  /// Binds groups and queues, then prepares the rings: both belong to one daemon alone, and say so when another has them.
  init(opening keeper: KeeperTables) throws {
    let sources = try GateSources(of: keeper)
    let rings = RingFiles(in: keeper.stateDirectory)
    try rings.prepare(keeper.rings, gates: keeper.gates)
    let keyStates = try KeyStateFile.prepare(path: keeper.keyStatesPath, layout: KeyStateLayout(keys: keeper.keys.count))
    counters = try CountersReader(count: Counter.pageSlots)
    team = GateTeam(size: keeper.gates)
    self.rings = rings
    self.keyStates = keyStates
    self.sources = sources
  }

  /// The sources of another configuration: those that it shares with this one, and new ones for groups and queues that this one has not.
  func sources(for keeper: KeeperTables) throws(CaptureError) -> GateSources {
    try GateSources(of: keeper, sharing: sources, patience: 0)
  }

  /// Goes over to another configuration's sources and needs; to be called while no gate uses rings or key states.
  mutating func succeed(_ keeper: KeeperTables, _ sources: GateSources, _ team: GateTeam) throws(StateError) {
    self.sources = sources
    if team != self.team { rings.forgetTaken() }
    self.team = team
    try rings.enlarge(keeper.rings)
    try keyStates.enlarge(to: KeyStateLayout(keys: keeper.keys.count))
  }

  /// The first gates of this keeper, none of them started yet.
  func gates(of configuration: consuming CompiledConfiguration, generation: UInt32, isNewGateway: Bool) throws -> Gates {
    try gates(of: configuration, generation: generation, sources, team, isNewGateway ? .new : .known)
  }

  /// The gates of the next configuration in the life of this keeper.
  func gates(
    of configuration: consuming CompiledConfiguration, generation: UInt32, _ sources: GateSources
  ) throws -> Gates {
    let team = configuration.keeper.gates == team.size ? team : GateTeam(size: configuration.keeper.gates)
    // What ties the rings of several gates is compared each time.
    let history = team == self.team && team.size == 1 ? RingHistory.continued : .known
    return try gates(of: configuration, generation: generation, sources, team, history)
  }

  private func gates(
    of configuration: consuming CompiledConfiguration, generation: UInt32, _ sources: GateSources, _ team: GateTeam,
    _ history: RingHistory
  ) throws -> Gates {
    let keeper = configuration.keeper
    let latest = rings.latest
    let shares = (0..<team.size).map { place in
      let share = sources.share(of: place, among: team.size)
      let launch = GateLaunch(
        generation: generation, sources: share.groups.count, queues: share.queues.count,
        gatewayFingerprint: team.fingerprint(keeper), place: place, latest: latest,
        rings: rings.launched(keeper.rings, ofGate: place, history))
      return (launch, handed(share, rings.handed(launch, ofGate: place)))
    }
    return Gates(try Programs.path("postern-gate"), team, tables: configuration.gateTables, shares)
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
