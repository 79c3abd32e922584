// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// How a secret is written down, in a profile or in a file of its own.
package enum SecretForm: Hashable, Sendable {
  /// The bytes of the text as they stand.
  case text
  case base64
  /// Base64 of exactly 32 bytes.
  case key

  /// Nil for what is not of this form, and for more than ``Secret/maximumBytes``.
  package func secret(_ text: [UInt8]) -> Secret? {
    let bytes =
      switch self {
      case .text: text
      case .base64, .key: Base64.decode(String(decoding: text, as: UTF8.self)) ?? []
      }
    guard (1...Secret.maximumBytes).contains(bytes.count), self != .key || bytes.count == 32 else { return nil }
    return Secret(bytes)
  }

  var content: String {
    switch self {
    case .text: "one line of text"
    case .base64: "bytes in base64"
    case .key: "32 bytes in base64"
    }
  }
}
