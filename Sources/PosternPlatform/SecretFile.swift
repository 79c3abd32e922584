// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import PosternWire

/// A file with one secret of 32 bytes: a line of base64 that only its owner may read.
package enum SecretFile {
  /// Longer than a sealed key and its line feed.
  private static let longestLine = 256
  /// How a line begins that holds a key under a passphrase: no base64 has a hyphen.
  package static let sealedLabel = Array("postern-key-".utf8)

  /// Reads the secret; refuses what is not a regular file, what group or others may touch, and any other content.
  package static func read(_ path: String) throws(SecretFileError) -> Bytes32 {
    var line = try readLine(path)
    defer { line.wipe() }
    return try secret(in: line)
  }

  /// Reads a line that holds a secret in whatever form.
  package static func readLine(_ path: String) throws(SecretFileError) -> [UInt8] {
    do throws(SecretFileError) {
      return try readText(path, limit: longestLine)
    } catch {
      throw error == .wrongLength(longestLine) ? .notASecret : error
    }
  }

  /// The secret that a line without its end stands for.
  package static func secret(in line: [UInt8]) throws(SecretFileError) -> Bytes32 {
    guard let secret = Base64.decode(String(decoding: line, as: UTF8.self)).flatMap({ Bytes32($0) }) else {
      throw line.starts(with: sealedLabel) ? .underPassphrase : .notASecret
    }
    return secret
  }

  /// The line, without its end, that stands for a secret.
  package static func line(_ secret: Bytes32) -> [UInt8] { UnpaddedBase64.encode(secret.array) + [UInt8(ascii: "=")] }

  /// Reads a secret of any content, at most `limit` bytes, without the line feed at its end; refuses as ``read(_:)`` does.
  package static func readText(_ path: String, limit: Int) throws(SecretFileError) -> [UInt8] {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard number >= 0 else { throw .system(errno) }
    defer { _ = close(number) }
    try check(number)
    var text = [UInt8](repeating: 0, count: limit + 1)
    defer { text.wipe() }
    let count = unsafe Glibc.read(number, &text, text.count)
    guard count >= 0 else { throw .system(errno) }
    guard (1...limit).contains(count) else { throw .wrongLength(limit) }
    return Array(text[count - 1] == UInt8(ascii: "\n") ? text[..<(count - 1)] : text[..<count])
  }

  /// Writes a new file, mode 0600; never replaces one.
  package static func create(_ path: String, _ secret: Bytes32) throws(SecretFileError) {
    var line = line(secret)
    defer { line.wipe() }
    try create(path, line: line)
  }

  /// The same with a line of another form.
  package static func create(_ path: String, line: [UInt8]) throws(SecretFileError) {
    let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw .system(errno) }
    defer { _ = close(number) }
    var text = line + [UInt8(ascii: "\n")]
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
}

/// Why a file gives no secret. It never quotes the content.
package enum SecretFileError: Error, Hashable, Sendable, CustomStringConvertible {
  case notRegular
  case readableByOthers(mode: UInt32)
  case notASecret
  /// A key under a passphrase, where nobody can be asked for it.
  case underPassphrase
  /// Empty, or longer than this.
  case wrongLength(Int)
  /// The errno of the call that failed.
  case system(Int32)

  package var description: String {
    switch self {
    case .notRegular: "is not a regular file"
    case .readableByOthers(let mode):
      "holds a secret, but group or others may use it (mode 0\(String(mode, radix: 8))): chmod 600"
    case .notASecret: "must hold 32 bytes in base64 and nothing else"
    case .underPassphrase: "is a key with a passphrase, which is not asked for here: `postern passphrase --remove` takes it away"
    case .wrongLength(let limit): "must hold 1 to \(limit) bytes"
    case .system(let code): unsafe String(cString: strerror(code))
    }
  }
}
