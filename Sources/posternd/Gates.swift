// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternPlatform

/// The gates of one configuration, side by side: one, or several that share the sources. Each runs, dies and starts again by itself.
final class Gates {
  let members: [GateSupervisor]
  let team: GateTeam
  /// Sealed; holds secrets, never mapped here.
  private let tables: OwnedDescriptor

  /// `shares` say what each gate is told, and what it is handed besides the tables; the caller keeps that open.
  init(
    _ program: String, _ team: GateTeam, tables: consuming OwnedDescriptor, _ shares: [(GateLaunch, [SpawnedProcess.Descriptor])]
  ) {
    let lent = SpawnedProcess.Descriptor(tables, as: GateLaunch.tables)
    members = shares.map { launch, handed in GateSupervisor(program: program, launch: launch, handed: handed + [lent]) }
    self.team = team
    self.tables = tables
  }

  var generation: UInt32 { members[0].generation }

  /// When the first of them wants to be tended.
  var deadline: UInt64? { members.compactMap(\.deadline).min() }

  var areLoaded: Bool { members.allSatisfy(\.isLoaded) }
  var areReady: Bool { members.allSatisfy(\.isReady) }
  var areGone: Bool { members.allSatisfy { $0.running == nil } }

  func begin(at uptime: UInt64) { for gate in members { gate.begin(at: uptime) } }
  func drain(at uptime: UInt64) { for gate in members { gate.drain(at: uptime) } }
  func kill() { for gate in members { gate.kill() } }
}
