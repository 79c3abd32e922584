// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The name servers of resolv.conf(5).
package enum NameServers {
  private static let limit = 64 << 10

  /// Where they stand; where systemd-resolved listens on this host itself, those that it asks are in the second.
  package static let files = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]

  /// Nil where none of the files can be read.
  package static func all(in files: [String] = files) -> [IPAddress]? {
    let read = files.compactMap { TextLines.of($0, limit: limit) }
    return read.isEmpty ? nil : read.joined().compactMap(server)
  }

  /// `nameserver ADDRESS`, an IPv6 address with or without a zone.
  static func server(_ line: Substring) -> IPAddress? {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count >= 2, words[0] == "nameserver" else { return nil }
    return words[1].split(separator: "%").first.flatMap { IPAddress($0) }
  }
}
