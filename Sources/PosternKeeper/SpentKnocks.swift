// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// The knocks that several gates told of, as long as their stamps are good: each counts with the gate that told of it first.
///
/// A gate alone needs none of this: its replay ring says the same. Several have a ring each, and whoever sends a copy of a knock from
/// another address may reach another gate with it.
package struct SpentKnocks: Sendable {
  /// Nanoseconds from the first to the last moment at which some protocol takes the same stamp.
  package static let memory = UInt64(KnockProtocol.remembered.compactMap { $0.window?.length.nanoseconds }.max() ?? 0)
  /// Of more than 2,900 a second, all the time, those beyond are refused.
  package static let limit = 1 << 20

  private let limit: Int
  private var recent: Set<Bytes16> = []
  /// Those from before the last turn.
  private var older: Set<Bytes16> = []
  private var turned: UInt64 = 0

  package init(limit: Int = limit) { self.limit = limit }

  /// `replay` for a knock that was told of before; `ringFull` where no more can be remembered, and so none can count.
  package mutating func spend(_ knock: Bytes16, at uptime: UInt64) throws(Denial) {
    turn(at: uptime)
    guard !recent.contains(knock), !older.contains(knock) else { throw .replay }
    guard recent.count < limit else { throw .ringFull }
    recent.insert(knock)
  }

  /// Each knock stays for one to two times ``memory``.
  private mutating func turn(at uptime: UInt64) {
    guard uptime >= turned + Self.memory else { return }
    older = uptime >= turned + 2 * Self.memory ? [] : recent
    recent = []
    turned = uptime
  }
}

extension FreshnessWindow {
  /// Nil where stamps are times of receipt: no gate beside others takes such knocks.
  fileprivate var length: Timestamp.Span { isStamped ? .init(nanoseconds: past.nanoseconds + future.nanoseconds) : .seconds(0) }
}
