// SPDX-License-Identifier: Apache-2.0
package import PosternAuthority
package import PosternCrypto
package import PosternKnock
import PosternProtocols
package import PosternTables

/// A gate whose keys are in place and that has not begun: what takes time is done, and the replay ring may still be another gate's.
package struct PreparedGate: ~Copyable {
  private let readers: Registry
  private let factors: SecondFactors
  private let seed: UInt64
  /// Without secrets.
  private let tables: GateTables

  /// Takes the secrets out of `tables`, also when it throws. `seed` feeds the random shedding of load and nothing else.
  package init(tables: inout GateTables, seed: UInt64, at now: Timestamp) throws(CryptoError) {
    defer { tables.eraseSecrets() }
    let factors = try SecondFactors(tables)
    readers = try Registry(tables: &tables, now: now, seed: seed)
    self.factors = factors
    self.seed = seed
    self.tables = tables
  }

  /// The client keys of which more is remembered than their knocks.
  package var trackedKeys: [KeyStates.Tracked] { tables.trackedKeys }

  /// The gate itself, with the memory of what was accepted before. No clock that shows a time before `earliest` is believed.
  package consuming func begin(
    replay: ReplayMemory, states: KeyStates? = nil, clockIsSynchronised: Bool, at start: Timestamp,
    earliest: Timestamp = ReleaseTime.moment
  ) -> Gate {
    let authority = Authority(
      tables: tables, replay: replay, states: states, clockIsSynchronised: clockIsSynchronised, at: start, earliest: earliest)
    let watch = IntrusionWatch(tables.evidence, seed: seed)
    var readers = readers
    for tracked in tables.trackedKeys {
      if let state = authority.state(of: tracked.key) { readers.resume(tracked.key, at: state.usedUpTo) }
    }
    return Gate(readers, factors, authority, watch)
  }
}
