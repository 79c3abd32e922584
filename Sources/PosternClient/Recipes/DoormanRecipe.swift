// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternProtocols
internal import PosternTables
internal import PosternWire

/// A datagram as Doorman's `knock` makes it.
package struct DoormanRecipe: KnockRecipe {
  package enum Key: String, CaseIterable {
    case port
    case group
    case secret
    case service
  }

  private let port: Port
  private let group: String
  private let secret: SecretSource
  private let service: Port

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(Key.self, CommonKey.names)
    guard let usual = Port(DoormanCredential.standardPort) else { throw lines.missing(Key.port, "a port") }
    port = try lines.optional(Key.port, "a port", SettingForm.port) ?? usual
    group = try lines.required(Key.group, "a group of the guest list") { DoormanCredential.isField($0) ? $0 : nil }
    secret = try lines.requiredSecret(Key.secret, .text)
    service = try lines.required(Key.service, "the TCP port to open", SettingForm.port)
  }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    try occasion.requireOpen()
    let secret = try secret.read()
    let tag = try Chance.number()
    let steps = secret.bytes.withBytes { DoormanEncoder.steps(asking: service, group: group, secret: $0, tag: tag, at: port) }
    guard let steps else { throw .usage("the group stands in no datagram: at most 32 printable characters without blanks") }
    return steps
  }
}
