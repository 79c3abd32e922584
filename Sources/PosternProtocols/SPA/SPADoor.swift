// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternKnock
internal import PosternWire

/// How a door's name becomes the eight bytes that stand for it in a payload.
package enum SPADoor {
  /// SHA-256("postern door v1" || name), the first eight bytes.
  package static func id(of name: Name) -> DoorID {
    DoorID(SHA256.hash(SPALabel.door + Array(name.description.utf8)).high.high)
  }
}
