// SPDX-License-Identifier: Apache-2.0

/// The envelope of `spa` version 1: 184 bytes, `tag 16 | hint 8 | e 32 | sealed client key 48 | sealed payload 80`.
package enum SPAPacket {
  package static let length = 184

  package static let tagLength = 16
  /// The hint and everything behind it are under the tag.
  static let hintOffset = 16
  static let noiseOffset = 24
}

/// The ASCII labels that keep the uses of one secret apart.
enum SPALabel {
  static let prologue = Array("postern spa v1\0".utf8)
  static let tag = Array("postern spa v1 tag".utf8)
  static let hint = Array("postern spa v1 hint".utf8)
  static let knock = Array("postern spa v1 id".utf8)
  static let door = Array("postern door v1".utf8)
}
