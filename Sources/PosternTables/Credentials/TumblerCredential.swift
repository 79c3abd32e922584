// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// One door of a tumbler: the secret that opens it, and how a client joins it with time and address.
package struct TumblerCredential: Hashable, Sendable {
  package static let secretLengths = 1...64
  package static let userLengths = 1...32
  package static let separatorLengths = 0...8
  /// As in the original's examples.
  package static let standardPort: UInt16 = 8675
  package static let standardSeparator = ","
  /// Nothing in the datagram says whose it is: one that is shaped right is tried with each secret of each minute.
  package static let most = 64

  /// The UDP port at which knocks arrive.
  package var port: Port
  package var secret: [UInt8]
  /// Of the second version, which hashes a name as well; nil for the first.
  package var user: String?
  package var time: TimePattern
  /// What stands between the hashed items.
  package var separator: String

  package init(port: Port, secret: [UInt8], user: String?, time: TimePattern, separator: String) {
    self.port = port
    self.secret = secret
    self.user = user
    self.time = time
    self.separator = separator
  }

  /// Overwrites the secret in place.
  mutating func erase() { for index in secret.indices { secret[index] = 0 } }
}

extension TumblerCredential {
  init(_ reader: inout WireReader) throws(WireError) {
    let port = try reader.port()
    let secret = try reader.octets(Self.secretLengths)
    let user = try reader.optional { (reader) throws(WireError) in try reader.text(Self.userLengths) }
    guard let time = TimePattern(try reader.text(TimePattern.lengths)) else { throw .malformed }
    self.init(port: port, secret: secret, user: user, time: time, separator: try reader.text(Self.separatorLengths))
  }

  func put(to writer: inout WireWriter) {
    writer.u16(port.number)
    writer.octets(secret)
    writer.optional(user) { $0.text($1) }
    writer.text(time.description)
    writer.text(separator)
  }
}
