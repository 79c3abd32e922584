// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// What a key got last, so that repeats of the same wish can be told from a further use.
///
/// Clients send one wish several times within two seconds, and over both families where it takes the packet's source. So repeats want the
/// same of the same doors, each for one address a family.
struct AcceptedWish: Sendable {
  /// Longer than all repeats take; it runs from the first.
  static let time = Timestamp.Span.seconds(10)

  private var grants: [Grant]
  private var code: UInt32?
  private let at: Timestamp

  init(_ grants: [Grant], code: UInt32?, at now: Timestamp) {
    self.grants = grants
    self.code = code
    at = now
  }

  func isRepeated(by grants: [Grant], at now: Timestamp) -> Bool {
    now >= at && now - at < Self.time && grants.allSatisfy { grant in self.grants.contains { $0.takesIn(grant) } }
  }

  /// The same with the same code: a knock that shows it again proves no less than the first, and opens what is open.
  func isRepeated(by grants: [Grant], code: UInt32?, at now: Timestamp) -> Bool {
    code != nil && code == self.code && isRepeated(by: grants, at: now)
  }

  /// Takes over the addresses of a repeat, after which no others of their families are part of this wish, and its code, which may be a
  /// later one.
  mutating func merge(_ repeats: [Grant], code: UInt32?) {
    self.code = code
    for place in grants.indices {
      for grant in repeats where grants[place].takesIn(grant) {
        grants[place].ipv4 = grants[place].ipv4 ?? grant.ipv4
        grants[place].ipv6 = grants[place].ipv6 ?? grant.ipv6
      }
    }
  }
}

extension Grant {
  fileprivate func takesIn(_ other: Grant) -> Bool {
    action == other.action && door == other.door && Self.fits(other.ipv4, ipv4) && Self.fits(other.ipv6, ipv6)
  }

  private static func fits<Address>(_ wanted: Endpoint<Address>?, _ own: Endpoint<Address>?) -> Bool {
    wanted == nil || own == nil || wanted == own
  }
}
