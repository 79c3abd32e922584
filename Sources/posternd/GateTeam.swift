// SPDX-License-Identifier: Apache-2.0
import PosternPlatform
import PosternTables
import PosternWire

/// How many gates there are, and since when.
struct GateTeam: Equatable {
  let size: Int
  /// Nanoseconds of this boot.
  private let since = SystemClock.monotonic()

  init(size: Int) { self.size = size }

  /// What ties rings to who writes them.
  ///
  /// The ring of one gate alone is the gateway's, whoever the keeper is. Those of several hold a part each of what was spent, and are whole
  /// only with what their keeper remembers meanwhile: they are tied to this team alone. To any other, and to one gate after them, they are
  /// strange, and have their fence.
  func fingerprint(_ keeper: KeeperTables) -> UInt64 {
    guard size > 1 else { return keeper.gatewayFingerprint }
    var mixed = SplitMix64(seed: since &* 8 &+ UInt64(size))
    return mixed.next()
  }
}
