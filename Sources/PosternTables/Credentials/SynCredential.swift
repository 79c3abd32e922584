// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// A key whose knock is one SYN, proved by its sequence and acknowledgement numbers.
package struct SynCredential: Hashable, Sendable {
  package var secret: Bytes32
  /// Whether the TCP port that the SYN goes to is what it asks for; otherwise the key's door is.
  package var asksForPort: Bool

  package init(secret: Bytes32, asksForPort: Bool) {
    self.secret = secret
    self.asksForPort = asksForPort
  }

  /// Overwrites the secret in place.
  mutating func erase() { secret = .zero }
}

extension SynCredential {
  init(_ reader: inout WireReader) throws(WireError) {
    self.init(secret: try reader.bytes32(), asksForPort: try reader.boolean())
  }

  func put(to writer: inout WireWriter) {
    writer.put(secret)
    writer.boolean(asksForPort)
  }
}
