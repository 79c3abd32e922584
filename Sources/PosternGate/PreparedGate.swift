// SPDX-License-Identifier: Apache-2.0
package import PosternAuthority
package import PosternCrypto
package import PosternKnock
import PosternProtocols
package import PosternTables

/// A gate whose keys are in place and that has not begun: what takes time is done, and the replay ring may still be another gate's.
package struct PreparedGate: ~Copyable {
  private let spa: SPADecoder
  /// Without secrets.
  private let tables: GateTables

  /// Takes the secrets out of `tables`. `seed` feeds the random shedding of load and nothing else.
  package init(tables: inout GateTables, seed: UInt64, at now: Timestamp) throws(CryptoError) {
    spa = try SPADecoder(tables: &tables, now: now, seed: seed)
    self.tables = tables
  }

  /// The gate itself, with the memory of what was accepted before. No clock that shows a time before `earliest` is believed.
  package consuming func begin(
    replay: ReplayState, clockIsSynchronised: Bool, at start: Timestamp, earliest: Timestamp = ReleaseTime.moment
  ) -> Gate {
    let authority = Authority(
      tables: tables, replay: replay, clockIsSynchronised: clockIsSynchronised, at: start, earliest: earliest)
    return Gate(spa, authority)
  }
}
