// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// Where a client wants its flows led to: the NAT field of a message.
package struct FwknopTarget: Hashable, Sendable {
  package static let longestHost = 70

  /// An IPv4 address or the name of a host.
  package let host: String
  package let port: Port

  /// Nil unless the host is a canonical IPv4 address or a name of letters, digits, hyphens and dots (RFC 1123 section 2.1).
  package init?(host: String, port: Port) {
    guard (1...Self.longestHost).contains(host.utf8.count), IPv4Address(host) != nil || Self.isName(host) else { return nil }
    self.host = host
    self.port = port
  }

  /// The text `host,port`.
  init?(_ text: [UInt8]) {
    let parts = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard parts.count == 2, let port = Port(fwknop: parts[1]) else { return nil }
    self.init(host: String(decoding: parts[0], as: UTF8.self), port: port)
  }

  package var address: IPv4Address? { IPv4Address(host) }

  var text: [UInt8] { Array("\(host),\(port)".utf8) }

  /// Names that consist of digits alone could be taken for addresses, so the last label must not.
  private static func isName(_ host: String) -> Bool {
    let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard let last = labels.last, !last.allSatisfy(FwknopDecimal.isDigit) else { return false }
    return labels.allSatisfy(isLabel)
  }

  private static func isLabel(_ label: Substring.UTF8View.SubSequence) -> Bool {
    let hyphen = UInt8(ascii: "-")
    guard (1...63).contains(label.count), label.first != hyphen, label.last != hyphen else { return false }
    return label.allSatisfy { $0 == hyphen || FwknopDecimal.isDigit($0) || ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7a }
  }
}

extension Port {
  /// Canonical decimal digits.
  init?(fwknop text: some Collection<UInt8>) {
    guard let number = FwknopDecimal.value(text, atMost: UInt64(UInt16.max)) else { return nil }
    self.init(UInt16(number))
  }
}
