// SPDX-License-Identifier: Apache-2.0
package import PosternProtocols
internal import PosternTables
internal import PosternWire

/// A datagram as tumbler's client makes it.
package struct TumblerRecipe: KnockRecipe {
  package enum Key: String, CaseIterable {
    case port
    case secret
    case user
    case time
    case separator
    /// The address that is hashed, where a router translates this host's own.
    case from
  }

  private let port: Port
  private let secret: SecretSource
  private let user: String?
  private let time: TimePattern
  private let separator: String
  private let from: AddressSetting

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(Key.self, CommonKey.names)
    guard let usual = Port(TumblerCredential.standardPort) else { throw lines.missing(Key.port, "a port") }
    port = try lines.optional(Key.port, "a port", SettingForm.port) ?? usual
    secret = try lines.requiredSecret(Key.secret, .text)
    user = try lines.optional(Key.user, "a name of at most 32 bytes") { Self.text($0, TumblerCredential.userLengths) }
    time = try lines.optional(Key.time, "a time like %Y-%m-%dT%H:%MZ", TimePattern.init) ?? .standard
    let separator = try lines.optional(Key.separator, "at most 8 bytes") { Self.text($0, TumblerCredential.separatorLengths) }
    self.separator = separator ?? TumblerCredential.standardSeparator
    from = try lines.optional(Key.from, "an address") { IPAddress($0).map { .named($0) } } ?? .automatic
  }

  private static func text(_ text: String, _ lengths: ClosedRange<Int>) -> String? {
    lengths.contains(text.utf8.count) ? text : nil
  }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    try occasion.requireOpen()
    let credential = TumblerCredential(
      port: port, secret: try secret.read().bytes, user: user, time: time, separator: separator)
    return TumblerEncoder.steps(credential, from: from.address(occasion), at: occasion.now)
  }
}
