// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
package import PosternProtocols
internal import PosternTables
internal import PosternWire

/// A sequence of ports that secret, time and address give.
package struct RollingRecipe: KnockRecipe {
  package enum Key: String, CaseIterable {
    case secret
    /// The door of the key, where it has one of its own.
    case door
    case transport
    case base
    case ports
    case step
    case bindSource = "bind-source"
    case from
  }

  private let secret: SecretSource
  private let door: Name?
  private let transport: RollingCredential.Transport
  private let base: UInt16
  private let portCount: UInt8
  private let stepLength: UInt16
  private let bindsSource: Bool
  private let from: AddressSetting

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(Key.self, CommonKey.names)
    secret = try lines.requiredSecret(Key.secret, .key)
    door = try lines.optional(Key.door, "the name of a door") { Name($0) }
    let transports: [String: RollingCredential.Transport] = ["tcp": .tcp, "udp": .udp]
    transport = try lines.optional(Key.transport, "tcp or udp") { transports[$0] } ?? .tcp
    let highest = RollingCredential.largestBase
    base = try lines.optional(Key.base, "a port up to \(highest)") { Self.number($0, 0...highest) } ?? highest
    portCount = try lines.optional(Key.ports, "7 to 16") { Self.number($0, RollingCredential.portCounts) } ?? 8
    stepLength = try lines.optional(Key.step, "a time from 5s to 60s", Self.stepLength) ?? 30
    bindsSource = try lines.optional(Key.bindSource, SettingForm.flagWords, SettingForm.flag) ?? true
    from = try lines.optional(Key.from, "an address") { IPAddress($0).map { .named($0) } } ?? .automatic
  }

  private static func number<Number: FixedWidthInteger>(_ text: String, _ range: ClosedRange<Number>) -> Number? {
    Number(digits: text).flatMap { range.contains($0) ? $0 : nil }
  }

  private static func stepLength(_ text: String) -> UInt16? {
    LeaseText.seconds(text).flatMap { UInt16(exactly: $0) }.flatMap { RollingCredential.stepLengths.contains($0) ? $0 : nil }
  }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    try occasion.requireOpen()
    let secret = Bytes32(try secret.read().bytes) ?? .zero
    let credential = RollingCredential(
      secret: secret, door: door.map { SPADoor.id(of: $0) } ?? DoorID(0), transport: transport, base: base, portCount: portCount,
      stepLength: stepLength, window: .seconds(10), bindsSource: bindsSource)
    return RollingEncoder(credential).steps(at: occasion.now, source: from.address(occasion))
  }
}
