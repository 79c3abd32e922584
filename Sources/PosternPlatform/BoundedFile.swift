// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Files that are read or written whole.
package enum BoundedFile {
  /// The content of an open file; EFBIG beyond `limit` bytes.
  package static func read(_ file: borrowing OwnedDescriptor, limit: Int) throws(PlatformError) -> [UInt8] {
    let content = try beginning(of: file, limit: limit + 1)
    guard content.count <= limit else { throw PlatformError("read file", EFBIG) }
    return content
  }

  /// Reads at most `limit` bytes.
  static func beginning(of file: borrowing OwnedDescriptor, limit: Int) throws(PlatformError) -> [UInt8] {
    let number = file.number
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while content.count < limit {
      let count = try SystemCall.value("read file") {
        unsafe Glibc.read(number, &buffer, min(buffer.count, limit - content.count))
      }
      guard count > 0 else { break }
      content += buffer[..<count]
    }
    return content
  }

  /// Opens for reading; never waits for a writer and never takes a terminal.
  package static func open(_ path: String) throws(PlatformError) -> OwnedDescriptor {
    try OwnedDescriptor("open file") { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) }
  }

  /// Writes all bytes to a descriptor that somebody else owns.
  package static func write(_ bytes: [UInt8], to number: CInt) throws(PlatformError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try SystemCall.value("write file") {
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(count)
    }
  }

  /// The absolute path of a file or directory, without symbolic links; empty for the root, so that "/" and a name can follow.
  package static func resolved(_ path: String) throws(PlatformError) -> String {
    guard let resolved = unsafe realpath(path, nil) else { throw PlatformError("resolve path", errno) }
    defer { unsafe free(resolved) }
    let text = unsafe String(cString: resolved)
    return text == "/" ? "" : text
  }
}

extension [UInt8] {
  /// Overwrites the bytes in place, whatever the optimiser thinks of it.
  package mutating func wipe() { unsafe explicit_bzero(&self, count) }
}
