// SPDX-License-Identifier: Apache-2.0
package import PosternProtocols
internal import PosternWire

/// One SYN whose sequence and acknowledgement numbers are a code.
package struct SynRecipe: KnockRecipe {
  package enum Key: String, CaseIterable {
    case secret
    case port
    case from
  }

  private let secret: SecretSource
  private let port: Port
  private let from: AddressSetting

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(Key.self, CommonKey.names)
    secret = try lines.requiredSecret(Key.secret, .key)
    port = try lines.required(Key.port, "the TCP port to knock at, which is the one to open", SettingForm.port)
    from = try lines.optional(Key.from, "an address") { IPAddress($0).map { .named($0) } } ?? .automatic
  }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    let step = SynStep.number(at: occasion.now)
    let claim = SynClaim(
      action: occasion.action.knockAction, step: step, port: port.number, source: from.address(occasion))
    return try secret.read().bytes.withBytes { SynEncoder.steps(claim, secret: $0) }
  }
}
