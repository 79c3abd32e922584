// SPDX-License-Identifier: Apache-2.0

/// The lines of short files of the system.
enum TextLines {
  /// The whole lines within the first `limit` bytes; nil for a file that cannot be read.
  static func of(_ path: String, limit: Int) -> [Substring]? {
    guard let file = try? BoundedFile.open(path), var content = try? BoundedFile.beginning(of: file, limit: limit) else {
      return nil
    }
    if content.count == limit, let end = content.lastIndex(of: UInt8(ascii: "\n")) { content.removeSubrange(end...) }
    return String(decoding: content, as: UTF8.self).split(separator: "\n")
  }
}
