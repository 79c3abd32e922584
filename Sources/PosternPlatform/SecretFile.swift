// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import PosternWire

/// A file with one secret of 32 bytes: a line of base64 that only its owner may read.
package enum SecretFile {
  /// Base64 of 32 bytes and a line feed.
  private static let length = 45

  /// Reads the secret; refuses what is not a regular file, what group or others may touch, and any other content.
  package static func read(_ path: String) throws(SecretFileError) -> Bytes32 {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard number >= 0 else { throw .system(errno) }
    defer { _ = close(number) }
    try check(number)
    // One byte more than fits, so that a longer file shows.
    var text = [UInt8](repeating: 0, count: length + 1)
    defer { text.wipe() }
    let count = unsafe Glibc.read(number, &text, text.count)
    guard count >= 0 else { throw .system(errno) }
    guard let secret = secret(in: text.prefix(count)) else { throw .notASecret }
    return secret
  }

  /// Writes a new file, mode 0600; never replaces one.
  package static func create(_ path: String, _ secret: Bytes32) throws(SecretFileError) {
    let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw .system(errno) }
    defer { _ = close(number) }
    var text = Array(Base64.encode(secret.array).utf8) + [UInt8(ascii: "\n")]
    defer { text.wipe() }
    guard unsafe write(number, text, text.count) == text.count, fsync(number) == 0 else {
      let failure = errno
      _ = unsafe unlink(path)
      throw .system(failure)
    }
  }

  /// Refuses a file that others may read: its owner decides who knows what it holds.
  package static func check(_ descriptor: Int32) throws(SecretFileError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    guard status.st_mode & 0o077 == 0 else { throw .readableByOthers(mode: UInt32(status.st_mode & 0o777)) }
  }

  private static func secret(in text: ArraySlice<UInt8>) -> Bytes32? {
    let line = text.last == UInt8(ascii: "\n") ? text.dropLast() : text
    return Base64.decode(String(decoding: line, as: UTF8.self)).flatMap { Bytes32($0) }
  }
}

/// Why a file gives no secret. It never quotes the content.
package enum SecretFileError: Error, Hashable, Sendable, CustomStringConvertible {
  case notRegular
  case readableByOthers(mode: UInt32)
  case notASecret
  /// The errno of the call that failed.
  case system(Int32)

  package var description: String {
    switch self {
    case .notRegular: "is not a regular file"
    case .readableByOthers(let mode):
      "holds a secret, but group or others may use it (mode 0\(String(mode, radix: 8))): chmod 600"
    case .notASecret: "must hold 32 bytes in base64 and nothing else"
    case .system(let code): unsafe String(cString: strerror(code))
    }
  }
}
