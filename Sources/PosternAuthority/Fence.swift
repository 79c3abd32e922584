// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// Why the past is not known and everything stamped before this start is therefore refused.
package enum Fence: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case missing
  case damaged
  /// Writes of the last boot may never have reached the disk.
  case otherBoot
  /// A cloned disk, or a restored backup.
  case otherMachine
  case otherGateway
  /// An earlier start owed one and could not tell the time.
  case owed

  /// What the audit says.
  package var description: String {
    switch self {
    case .missing: "ring-missing"
    case .damaged: "ring-damaged"
    case .otherBoot: "other-boot"
    case .otherMachine: "other-machine"
    case .otherGateway: "other-gateway-key"
    case .owed: "fence-owed"
    }
  }

  /// Nil when the ring remembers all that this gateway has accepted, or when it is made together with the gateway's first key, for
  /// which nobody can have knocked yet.
  ///
  /// Of knocks without a stamp each record is on the disk before its grant leaves, and no key of the gateway takes part: the end of a
  /// boot and another key are then no reason for doubt.
  package static func reason(
    _ reading: RingReading, identity: RingIdentity, history: RingHistory, _ window: FreshnessWindow
  ) -> Fence? {
    switch reading {
    case .missing: history == .new ? nil : .missing
    case .damaged: .damaged
    case .ring(let image): reason(image.header, identity, history, window)
    }
  }

  private static func reason(
    _ header: RingHeader, _ identity: RingIdentity, _ history: RingHistory, _ window: FreshnessWindow
  ) -> Fence? {
    if header.identity.machine != identity.machine { return .otherMachine }
    if window.isStamped, header.identity.boot != identity.boot { return .otherBoot }
    if window.isStamped, history != .continued, header.identity.gateway != identity.gateway { return .otherGateway }
    return header.owesFence ? .owed : nil
  }
}
