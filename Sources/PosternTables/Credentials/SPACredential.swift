// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What a gate has to know of an `spa` client.
package struct SPACredential: Hashable, Sendable {
  package var publicKey: Bytes32
  /// Zeros where there is none.
  package var presharedKey: Bytes32

  package init(publicKey: Bytes32, presharedKey: Bytes32) {
    self.publicKey = publicKey
    self.presharedKey = presharedKey
  }

  mutating func erase() { presharedKey = .zero }
}

extension SPACredential {
  init(_ reader: inout WireReader) throws(WireError) {
    self.init(publicKey: try reader.bytes32(), presharedKey: try reader.bytes32())
  }

  func put(to writer: inout WireWriter) {
    writer.put(publicKey)
    writer.put(presharedKey)
  }
}
