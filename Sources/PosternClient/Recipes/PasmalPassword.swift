// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternProtocols
internal import PosternTables
internal import PosternWire

/// The one-time password behind a knock.
struct PasmalPassword: Sendable {
  private enum Form: String {
    case chain
    case hotp
    case totp
  }

  private let form: Form
  private let secret: SecretSource
  private let digits: UInt8
  /// Passwords of a chain.
  private let count: Int

  /// Nil for a key without one.
  init?(_ lines: ProfileText, isWanted: Bool) throws(ProfileProblem) {
    guard isWanted else { return nil }
    form = try lines.optional(PasmalRecipe.Key.password, "chain, hotp or totp", Form.init(rawValue:)) ?? .totp
    secret = try lines.requiredSecret(PasmalRecipe.Key.passwordSecret, form == .chain ? .key : .base64)
    digits =
      try lines.optional(PasmalRecipe.Key.digits, "6 to 9") { text in
        UInt8(digits: text).flatMap { (6...9).contains($0) ? $0 : nil }
      } ?? 6
    count =
      try lines.optional(PasmalRecipe.Key.passwordCount, "1 to 100000") { text in
        Int(digits: text).flatMap { (1...100_000).contains($0) ? $0 : nil }
      } ?? 1000
  }

  func next(_ occasion: KnockOccasion) throws(ClientError) -> PasmalEncoder.Password {
    let secret = try secret.read().bytes
    switch form {
    case .totp: return .code(code(secret, OneTimeCode.step(at: occasion.now)), digits: Int(digits))
    case .hotp: return .code(code(secret, try occasion.number(of: secret)), digits: Int(digits))
    case .chain:
      let number = try occasion.number(of: secret)
      guard number <= UInt64(count), let seed = Bytes32(secret) else { throw .usage("the chain has no password left") }
      return .link(PasswordChain.make(from: seed, count: count).passwords[Int(number) - 1])
    }
  }

  private func code(_ secret: [UInt8], _ counter: UInt64) -> UInt32 {
    secret.withBytes { OneTimeCode(.sha1, key: $0, digits: digits).code(counter) }
  }
}

extension KnockOccasion {
  /// The next number of a secret: 1, 2, 3 and so on, kept beside the stamps.
  func number(of secret: [UInt8]) throws(ClientError) -> UInt64 {
    let label = Hex.encode(Array(SHA256.hash(Array("postern counter".utf8) + secret).array.prefix(8)))
    return try StampFile(path: "\(stamps.path).\(label)").next(now: Timestamp(nanoseconds: 1)).nanoseconds
  }
}
