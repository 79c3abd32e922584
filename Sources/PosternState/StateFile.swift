// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A small file that is read and written whole; a reader sees the old content or the new.
package enum StateFile {
  /// The content; nil when there is no such file or it is longer than `limit`.
  package static func read(_ path: String, limit: Int) throws(StateError) -> [UInt8]? {
    let descriptor: Int32
    do throws(StateError) {
      descriptor = try SystemCall.openFile(path, O_RDONLY, 0)
    } catch {
      guard error == .failed(.open, errno: ENOENT) else { throw error }
      return nil
    }
    defer { SystemCall.close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while content.count <= limit {
      let count = try SystemCall.read(descriptor, into: &buffer, at: content.count)
      guard count > 0 else { return content }
      content += buffer[..<count]
    }
    return nil
  }

  /// Puts a new file, 0600, in the place of the old one. Nothing is synchronised to the disk: after a power cut the file may be of no
  /// use, and its reader has to tell.
  package static func replace(_ path: String, with content: [UInt8]) throws(StateError) {
    let new = path + ".new"
    let descriptor = try SystemCall.openFile(new, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { SystemCall.close(descriptor) }
    var done = 0
    while done < content.count { done += try SystemCall.write(descriptor, content[done...], at: done) }
    try SystemCall.rename(new, to: path)
  }
}
