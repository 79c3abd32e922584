// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// A key of the rolling sequence: ports that a secret, the time and the sender's address give.
package struct RollingCredential: Hashable, Sendable {
  package enum Transport: UInt8, Hashable, Sendable, CaseIterable {
    case tcp = 6
    case udp = 17
  }

  /// The first two ports find the key; those behind them prove it with 15 bits each.
  package static let portCounts: ClosedRange<UInt8> = 7...16
  /// Seconds. The replay memory holds what is spent for longer than three of the longest steps.
  package static let stepLengths: ClosedRange<UInt16> = 5...60
  /// Different bases and transports that the keys of a gateway may have: each costs every packet a look.
  package static let channels = 16
  /// The highest base whose span of 32,768 ports ends with the last port.
  package static let largestBase: UInt16 = 32_768
  package static let windows = Timestamp.Span.milliseconds(500)...Timestamp.Span.seconds(60)

  package var secret: Bytes32
  /// What the sequence is for; zero where the key has no door of its own.
  package var door: DoorID
  package var transport: Transport
  /// The port that stands for zero.
  package var base: UInt16
  package var portCount: UInt8
  /// Seconds.
  package var stepLength: UInt16
  /// From the first packet to the last.
  package var window: Timestamp.Span
  /// Whether the sender's address takes part: then nobody can send the sequence from another one.
  package var bindsSource: Bool

  package init(
    secret: Bytes32, door: DoorID, transport: Transport, base: UInt16, portCount: UInt8, stepLength: UInt16,
    window: Timestamp.Span, bindsSource: Bool
  ) {
    self.secret = secret
    self.door = door
    self.transport = transport
    self.base = base
    self.portCount = portCount
    self.stepLength = stepLength
    self.window = window
    self.bindsSource = bindsSource
  }

  mutating func erase() { secret = .zero }
}

extension RollingCredential {
  init(_ reader: inout WireReader) throws(WireError) {
    let secret = try reader.bytes32()
    let door = DoorID(try reader.u64())
    guard let transport = Transport(rawValue: try reader.u8()) else { throw .malformed }
    let base = try reader.u16()
    let portCount = try reader.u8()
    let stepLength = try reader.u16()
    guard Self.portCounts.contains(portCount), Self.stepLengths.contains(stepLength), base <= Self.largestBase
    else { throw .malformed }
    self.init(
      secret: secret, door: door, transport: transport, base: base, portCount: portCount, stepLength: stepLength,
      window: try reader.span(in: Self.windows), bindsSource: try reader.boolean())
  }

  func put(to writer: inout WireWriter) {
    writer.put(secret)
    writer.u64(door.value)
    writer.u8(transport.rawValue)
    writer.u16(base)
    writer.u8(portCount)
    writer.u16(stepLength)
    writer.span(window)
    writer.boolean(bindsSource)
  }
}
