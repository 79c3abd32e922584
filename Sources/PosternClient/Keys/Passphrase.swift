// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternPlatform
internal import PosternWire

/// What a private key is sealed with: kept in locked memory where the limits allow it, wiped at the end, printed nowhere.
package struct Passphrase: ~Copyable {
  static let maximumBytes = Question.maximumBytes

  private let texts: SecretTexts
  private let place: SecretTexts.Place

  /// Moves the bytes here: they are wiped where they were, also when it throws.
  package init(moving bytes: inout [UInt8]) throws(ClientError) {
    defer { bytes.wipe() }
    do throws(CryptoError) {
      var texts = try SecretTexts(capacity: bytes.count)
      place = try bytes.withBytes { bytes throws(CryptoError) in try texts.add(bytes) }
      self.texts = texts
    } catch {
      throw ClientError(error)
    }
  }

  var isEmpty: Bool { place.byteCount == 0 }

  func equals(_ other: borrowing Passphrase) -> Bool { lend { own in other.lend { constantTimeEqual(own, $0) } } }

  func lend<Result: ~Copyable, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
    try texts.withSecret(place, body)
  }
}

/// Where a passphrase comes from: never from the command line or the environment, which others may read.
package enum PassphraseSource: Hashable, Sendable {
  /// Whoever sits there is asked.
  case terminal
  /// A file that only its owner may read, with the passphrase as its line.
  case file(String)

  /// How often a passphrase may be wrong before that is said.
  var attempts: Int {
    switch self {
    case .terminal: 3
    case .file: 1
    }
  }

  /// The passphrase that the key in a file has.
  func current(of path: String) throws(ClientError) -> Passphrase {
    switch self {
    case .terminal: try Self.ask("Passphrase of \(path): ", path)
    case .file(let file): try Self.read(file)
    }
  }

  /// A new one, asked for twice; it may be empty.
  func new(for path: String) throws(ClientError) -> Passphrase {
    switch self {
    case .terminal:
      let first = try Self.ask("New passphrase of \(path): ", path)
      guard first.equals(try Self.ask("The same again: ", path)) else {
        throw .usage("the two passphrases differ; nothing is changed")
      }
      return first
    case .file(let file): return try Self.read(file)
    }
  }

  private static func ask(_ prompt: String, _ path: String) throws(ClientError) -> Passphrase {
    var typed = try Question.ask(prompt, for: "the passphrase of \(path)", showing: false)
    return try Passphrase(moving: &typed)
  }

  private static func read(_ path: String) throws(ClientError) -> Passphrase {
    var text: [UInt8]
    do throws(SecretFileError) {
      text = try SecretFile.readText(path, limit: Passphrase.maximumBytes)
    } catch {
      throw ClientError(error, path: path)
    }
    return try Passphrase(moving: &text)
  }
}
