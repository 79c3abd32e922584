// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The routers that the main routing tables send everything else to, from proc(5)'s `net/route` and `net/ipv6_route`.
///
/// Other tables, and all but the first of several next hops of one route, are not shown there.
package enum DefaultRouters {
  /// A table of many routes is cut, and with it perhaps a default route: those of IPv4 come first.
  private static let limit = 1 << 20

  /// Those of the calling thread's network namespace; nil where no table can be read.
  package static func all() -> [IPAddress]? {
    let four = TextLines.of("/proc/thread-self/net/route", limit: limit)
    let six = TextLines.of("/proc/thread-self/net/ipv6_route", limit: limit)
    guard four != nil || six != nil else { return nil }
    return (four ?? []).compactMap(ipv4(route:)) + (six ?? []).compactMap(ipv6(route:))
  }

  /// `iface destination gateway flags ... mask ...`; the addresses are hexadecimal numbers in this host's order of bytes.
  static func ipv4(route: Substring) -> IPAddress? {
    let words = route.split(whereSeparator: \.isWhitespace)
    guard words.count >= 8, words[1] == "00000000", words[7] == "00000000", let gateway = UInt32(words[2], radix: 16),
      gateway != 0
    else { return nil }
    return .v4(IPv4Address(UInt32(bigEndian: gateway)))
  }

  /// `destination length source length gateway ...`; the addresses are hexadecimal digits in their own order.
  static func ipv6(route: Substring) -> IPAddress? {
    let words = route.split(whereSeparator: \.isWhitespace)
    guard words.count >= 5, words[0].allSatisfy({ $0 == "0" }), words[1] == "00", words[4].utf8.count == 32,
      let high = UInt64(words[4].prefix(16), radix: 16), let low = UInt64(words[4].suffix(16), radix: 16), high | low != 0
    else { return nil }
    return .v6(IPv6Address(high: high, low: low))
  }
}
