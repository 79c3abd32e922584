// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Files that come, change and go as a whole, even when power fails: readers see the old content or the new. Mode 0600.
package enum WholeFile {
  /// Makes a new file; EEXIST where there is one.
  package static func create(_ path: String, _ content: [UInt8]) throws(PlatformError) {
    let draft = try draft(of: path, content)
    // Unlike rename(2), link(2) replaces nothing.
    defer { _ = unsafe unlink(draft) }
    try SystemCall.value("make file") { unsafe link(draft, path) }
    try settle(path)
  }

  /// Puts new content in the place of the old.
  package static func replace(_ path: String, _ content: [UInt8]) throws(PlatformError) {
    let draft = try draft(of: path, content)
    do throws(PlatformError) {
      try SystemCall.value("replace file") { unsafe rename(draft, path) }
    } catch {
      _ = unsafe unlink(draft)
      throw error
    }
    try settle(path)
  }

  package static func remove(_ path: String) throws(PlatformError) {
    try SystemCall.value("remove file") { unsafe unlink(path) }
    try settle(path)
  }

  /// A hidden file beside the other, with all of the content on the disk. One that an earlier run left is overwritten: who writes here
  /// holds the directory's lock.
  private static func draft(of path: String, _ content: [UInt8]) throws(PlatformError) -> String {
    let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    let draft = path.dropLast(name.count) + ".\(name).new"
    _ = unsafe unlink(String(draft))
    let file = try OwnedDescriptor("make file") {
      unsafe open(String(draft), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    }
    do throws(PlatformError) {
      try BoundedFile.write(content, to: file.number)
      let number = file.number
      try SystemCall.value("write file to disk") { fsync(number) }
    } catch {
      _ = unsafe unlink(String(draft))
      throw error
    }
    return String(draft)
  }

  /// Writes the directory's names to the disk.
  private static func settle(_ path: String) throws(PlatformError) {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let opened = try OwnedDescriptor("open directory") { unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    let number = opened.number
    try SystemCall.value("write directory to disk") { fsync(number) }
  }
}
