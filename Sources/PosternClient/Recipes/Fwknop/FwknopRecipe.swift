// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternProtocols
internal import PosternWire

/// A packet as the fwknop client makes it, for fwknopd and for Postern.
package struct FwknopRecipe: KnockRecipe {
  private let request: FwknopRequest
  private let keys: FwknopKeys
  private let transport: FwknopTransport
  private let digest: HashAlgorithm

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(FwknopKey.self, CommonKey.names)
    let server = try lines.optional(CommonKey.gateway, SettingForm.hostWords, SettingForm.hosts)?.first ?? ""
    request = try FwknopRequest(lines, server: server)
    keys = try FwknopKeys(lines, server: server)
    transport = try FwknopTransport(lines, server: server)
    digest = try lines.optional(FwknopKey.digestType, HashAlgorithm.fwknopWords, HashAlgorithm.init(fwknop:)) ?? .sha256
  }

  package var note: String? { request.note }

  package var via: String? { transport.proxy?.host }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    try occasion.requireOpen()
    let message = try request.message(occasion)
    return try transport.steps(text(message, keys.secrets()), occasion)
  }

  private func text(_ message: FwknopMessage, _ secrets: FwknopSecrets) throws(ClientError) -> [UInt8] {
    do throws(CryptoError) {
      let random = try Randomness.bytes(8).withBytes { $0.u64(at: 0) }
      let salt = try Randomness.bytes(FwknopEncoder.saltLength)
      return try FwknopEncoder(secrets).encode(message, random: random, salt: salt, digest: digest)
    } catch {
      throw ClientError(error)
    }
  }
}

extension HashAlgorithm {
  static let fwknopWords = "md5, sha1, sha256, sha384, sha512, sha3_256 or sha3_512"

  /// By fwknop's name for it, or fwknop's number.
  init?(fwknop text: String) {
    let names = ["md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_512"]
    guard let index = names.firstIndex(of: text.lowercased()) else { return nil }
    self = HashAlgorithm.allCases[index]
  }
}
