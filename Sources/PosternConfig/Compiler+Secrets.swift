// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// The secrets of private files. What cannot be read, or is none, is complained about at the place that names the file.
extension Compiler {
  /// The 32 bytes of a key file; nil after a complaint.
  func secret(_ path: Located<String>) -> Bytes32? { content(path, world.secret) }

  /// The same, where zeros are no secret; zeros after a complaint.
  func sealedKey(_ path: Located<String>) -> Bytes32 {
    guard let secret = secret(path) else { return .zero }
    if secret == .zero { complaints.add("\(path.value.quoted) holds no secret", at: path.position) }
    return secret
  }

  /// What a private file holds; nil after a complaint.
  func secretText(_ path: Located<String>) -> [UInt8]? { content(path, world.secretText) }

  /// The secret of a protocol that has a text where others have a key; empty after a complaint.
  func secretText(_ path: Located<String>, _ lengths: ClosedRange<Int>) -> [UInt8] {
    guard let text = secretText(path) else { return [] }
    guard lengths.contains(text.count) else {
      complaints.add(
        "\(path.value.quoted) must hold a secret of \(lengths.lowerBound) to \(lengths.upperBound) bytes, not \(text.count)",
        at: path.position)
      return []
    }
    return text
  }

  private func content<Content>(_ path: Located<String>, _ read: (_ path: String) throws -> Content) -> Content? {
    do {
      return try read(absolute(path))
    } catch {
      complaints.add("cannot read \(path.value.quoted): \("\(error)".printable)", at: path.position)
      return nil
    }
  }
}
