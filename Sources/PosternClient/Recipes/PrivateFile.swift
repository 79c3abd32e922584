// SPDX-License-Identifier: Apache-2.0
internal import PosternPlatform

/// Files that hold secrets among other things.
enum PrivateFile {
  /// The whole content; refuses a file that others than its owner may read, and one longer than `limit`.
  static func read(_ path: String, limit: Int) throws(ClientError) -> [UInt8] {
    let file = try PlainFile.open(path)
    do throws(SecretFileError) {
      try SecretFile.check(file.number)
    } catch {
      throw ClientError(error, path: path)
    }
    return try PlainFile.content(file, path, limit: limit)
  }
}

/// Files that anybody may read.
enum PlainFile {
  /// The whole content; refuses one longer than `limit`.
  static func read(_ path: String, limit: Int) throws(ClientError) -> [UInt8] { try content(open(path), path, limit: limit) }

  fileprivate static func content(_ file: borrowing OwnedDescriptor, _ path: String, limit: Int) throws(ClientError) -> [UInt8] {
    do throws(PlatformError) {
      return try BoundedFile.read(file, limit: limit)
    } catch {
      throw ClientError(.system(error.code), path: path)
    }
  }

  fileprivate static func open(_ path: String) throws(ClientError) -> OwnedDescriptor {
    do throws(PlatformError) {
      return try BoundedFile.open(path)
    } catch {
      throw ClientError(.system(error.code), path: path)
    }
  }
}
