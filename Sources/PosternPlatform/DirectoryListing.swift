// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The names in a directory.
package enum DirectoryListing {
  /// All names but `.` and `..`, in no order; nil when there is no such directory, EFBIG when it holds more than `limit`. Names that
  /// are not UTF-8 come with replacement characters.
  package static func names(in path: String, atMost limit: Int) throws(PlatformError) -> [String]? {
    guard let directory = unsafe opendir(path) else {
      guard errno == ENOENT else { throw PlatformError("open directory", errno) }
      return nil
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while true {
      // The only way to tell the end from an error.
      errno = 0
      guard let entry = unsafe readdir(directory) else { break }
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      guard names.count < limit else { throw PlatformError("list directory", EFBIG) }
      names.append(name)
    }
    guard errno == 0 else { throw PlatformError("list directory", errno) }
    return names
  }
}
