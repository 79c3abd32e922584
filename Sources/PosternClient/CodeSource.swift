// SPDX-License-Identifier: Apache-2.0
internal import PosternPlatform
package import PosternKnock
internal import PosternProtocols

/// Where the code of a second factor comes from.
package enum CodeSource: Hashable, Sendable {
  /// The gateway asks for none.
  case none
  case given(UInt32)
  /// Whoever sits at the terminal reads it from somewhere else.
  case asked
  /// Calculated from the secret in a file, an `otpauth://` URI.
  case calculated(file: String)

  package static let words = "six digits, or ask"

  /// What the command line says: nil for anything but six digits or `ask`.
  package init?(option text: String) {
    guard text != "ask" else {
      self = .asked
      return
    }
    guard let code = Self.code(text) else { return nil }
    self = .given(code)
  }

  /// What a profile says.
  init(_ lines: ProfileText, _ paths: ProfilePaths) throws(ProfileProblem) {
    let asked: CodeSource? = try lines.optional(ProfileKey.code, "ask: a code counts once") { $0 == "ask" ? .asked : nil }
    let calculated: CodeSource? = try lines.optional(ProfileKey.totp, "file:PATH") {
      guard case .file(let path)? = paths.file($0) else { return nil }
      return .calculated(file: path)
    }
    guard asked == nil || calculated == nil else {
      throw lines.problem(of: ProfileKey.totp, "is of no use where the code is asked for")
    }
    self = calculated ?? asked ?? .none
  }

  /// The code for one wish; nil where none is sent. Asks at the terminal where it has to; throws ``ClientError/usage(_:)`` for what is
  /// typed and is no code.
  package func code(at now: () -> Timestamp) throws(ClientError) -> UInt32? {
    switch self {
    case .none: return nil
    case .given(let code): return code
    case .asked:
      let typed = try Question.ask("Code: ", for: "the code", showing: true)
      guard let code = Self.code(String(decoding: typed, as: UTF8.self)) else { throw .usage("a code is six digits") }
      return code
    case .calculated(let path): return try Self.calculate(path, at: now())
    }
  }

  /// Nil for anything but six decimal digits.
  private static func code(_ text: String) -> UInt32? { text.utf8.count == 6 ? UInt32(digits: text) : nil }

  private static func calculate(_ path: String, at now: Timestamp) throws(ClientError) -> UInt32 {
    var text: [UInt8]
    do throws(SecretFileError) {
      text = try SecretFile.readText(path, limit: CodeURI.maximumBytes)
    } catch {
      throw ClientError(error, path: path)
    }
    defer { text.wipe() }
    guard var uri = CodeURI(text) else {
      throw .badFile(path: path, reason: "must hold an otpauth://totp/ URI with a secret and a period of 30 s, and nothing else")
    }
    defer { uri.secret.wipe() }
    guard uri.digits == 6 else { throw .badFile(path: path, reason: "a knock carries a code of six digits, not \(uri.digits)") }
    return uri.code(at: now)
  }
}
