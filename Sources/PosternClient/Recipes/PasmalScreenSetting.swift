// SPDX-License-Identifier: Apache-2.0
internal import PosternTables
internal import PosternWire

/// The stream of real packets and decoys.
struct PasmalScreenSetting: Sendable {
  private let secret: SecretSource
  private let base: UInt16
  private let span: UInt16
  private let packets: UInt8
  private let real: UInt8

  /// Nil for a key without a screen.
  init?(_ lines: ProfileText) throws(ProfileProblem) {
    guard let secret = try lines.secret(PasmalRecipe.Key.screen, .key) else { return nil }
    self.secret = secret
    base = try lines.number(PasmalRecipe.Key.screenBase) ?? 32_768
    span = try lines.number(PasmalRecipe.Key.screenSpan) ?? 1024
    packets = try lines.number(PasmalRecipe.Key.screenPackets) ?? 64
    real = try lines.number(PasmalRecipe.Key.screenReal) ?? 8
    let form = PasmalCredential.Screen(secret: .zero, base: base, span: span, packets: packets, real: real)
    guard form.isPossible else {
      throw lines.problem(
        of: PasmalRecipe.Key.screen, "cannot be: its ports end at 65535, and at most half of its packets are real")
    }
  }

  func form() throws(ClientError) -> PasmalCredential.Screen {
    PasmalCredential.Screen(
      secret: Bytes32(try secret.read().bytes) ?? .zero, base: base, span: span, packets: packets, real: real)
  }
}
