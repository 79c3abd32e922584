// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
internal import PosternWire

/// How a door's name becomes the eight bytes that stand for it in a payload.
package enum SPADoor {
  /// SHA-256("postern door v1" || name), the first eight bytes.
  package static func id(of name: Name) throws(CryptoError) -> DoorID {
    DoorID(try SHA256.hash(SPALabel.door + Array(name.description.utf8)).high.high)
  }
}
