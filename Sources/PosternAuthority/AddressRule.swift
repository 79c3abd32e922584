// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// Which addresses a door can be opened for at all: those that one host out there can have.
///
/// The gate asks before a grant leaves it, the keeper asks again.
package enum AddressRule {
  package static func admits(_ address: IPAddress, linkLocal: Bool) -> Bool {
    switch address {
    case .v4(let v4): admits(v4, linkLocal: linkLocal)
    case .v6(let v6): admits(v6, linkLocal: linkLocal)
    }
  }

  package static func admits(_ address: IPv4Address, linkLocal: Bool) -> Bool {
    let value = address.value
    switch value >> 24 {
    case 0: return false  // this network, RFC 791
    case 127: return false  // loopback, RFC 1122
    case 224...: return false  // multicast, reserved and broadcast, RFC 1112
    default: return linkLocal || value >> 16 != 0xa9fe  // 169.254.0.0/16, RFC 3927
    }
  }

  package static func admits(_ address: IPv6Address, linkLocal: Bool) -> Bool {
    let high = address.bytes.high
    if high >> 56 == 0xff { return false }  // multicast, RFC 4291
    if high >> 54 == 0xfe80 >> 6 { return linkLocal }  // fe80::/10
    return !embedsIPv4(address)
  }

  /// Forms that stand for an IPv4 address, or for none: ::/96 with the unspecified address and loopback, ::ffff:0:0/96 (RFC 4291),
  /// 64:ff9b::/96 (RFC 6052) and 64:ff9b:1::/48 (RFC 8215).
  private static func embedsIPv4(_ address: IPv6Address) -> Bool {
    let (high, low) = (address.bytes.high, address.bytes.low)
    switch high {
    case 0: return low >> 32 == 0 || low >> 32 == 0xffff
    case 0x0064_ff9b_0000_0000: return low >> 32 == 0
    default: return high >> 16 == 0x0064_ff9b_0001
    }
  }

  /// Whether every address of a network can be admitted: `169.0.0.0/8` holds link-local addresses, `64::/16` the forms of IPv4.
  ///
  /// Networks of at least 8 and 16 bits are never larger than those of loopback, multicast and link-local IPv6: their first address says it.
  package static func admits(_ network: AddressPrefix, linkLocal: Bool) -> Bool {
    guard admits(network.address, linkLocal: linkLocal) else { return false }
    return switch network.address {
    case .v4: linkLocal || !network.contains(.v4(linkLocal4))
    case .v6: !embeddings.contains { network.contains(.v6($0)) }
    }
  }

  private static let linkLocal4 = IPv4Address(0xa9fe_0000)

  /// The first addresses of the networks of ``embedsIPv4(_:)``; that of ::/96 is the first of any network that holds it.
  private static let embeddings = [
    IPv6Address(high: 0, low: 0xffff_0000_0000), IPv6Address(high: 0x0064_ff9b_0000_0000, low: 0),
    IPv6Address(high: 0x0064_ff9b_0001_0000, low: 0),
  ]
}
