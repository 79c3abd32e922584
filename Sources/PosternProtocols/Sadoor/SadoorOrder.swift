// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What a sealed command packet asks for: the plain text of its envelope. It has one encoding and no slack.
package enum SadoorOrder: Hashable, Sendable {
  /// Open or close.
  case door(Claim)
  /// The name of an action, with its arguments if it takes any.
  case run([UInt8])

  package struct Claim: Hashable, Sendable {
    package var action: Knock.Action
    package var ipv4: AddressClaim<IPv4Address>
    package var ipv6: AddressClaim<IPv6Address>
    /// Empty asks for the key's own door.
    package var services: [Service]
    /// Seconds; zero asks for the door's default.
    package var wishedLease: UInt32

    package init(
      action: Knock.Action, ipv4: AddressClaim<IPv4Address>, ipv6: AddressClaim<IPv6Address>, services: [Service] = [],
      wishedLease: UInt32 = 0
    ) {
      self.action = action
      self.ipv4 = ipv4
      self.ipv6 = ipv6
      self.services = services
      self.wishedLease = wishedLease
    }
  }

  /// The number of the only form, in hints.
  package static let form: UInt8 = 0
  package static let mostServices = 8
  package static let runLengths = 1...256
}

extension SadoorOrder {
  private static let layout: UInt8 = 1
  private static let runCode: UInt8 = 3
  /// Where services begin, and the bytes of each.
  fileprivate static let servicesOffset = 28
  fileprivate static let serviceLength = 3

  package var encoded: [UInt8] {
    var writer = WireWriter()
    writer.u8(Self.layout)
    switch self {
    case .run(let text):
      writer.u8(Self.runCode)
      writer.raw(text)
    case .door(let claim):
      let v4 = claim.ipv4.fields(zero: .zero)
      let v6 = claim.ipv6.fields(zero: .zero)
      writer.u8(claim.action.rawValue)
      writer.u8(UInt8(truncatingIfNeeded: v4.mode.rawValue | v6.mode.rawValue << 2))
      writer.u8(UInt8(clamping: claim.services.count))
      writer.u32(claim.wishedLease)
      writer.u32(v4.address.value)
      writer.put(v6.address.bytes)
      for service in claim.services {
        writer.u8(service.transport.rawValue)
        writer.u16(service.port?.number ?? 0)
      }
    }
    return writer.bytes
  }

  /// Nil for every plain text that ``encoded`` would not write, and for an open that names no address.
  package init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= 2, bytes.byte(0) == Self.layout else { return nil }
    guard bytes.byte(1) != Self.runCode else {
      let text = bytes.extracting(droppingFirst: 2).copied()
      guard Self.runLengths.contains(text.count) else { return nil }
      self = .run(text)
      return
    }
    guard let action = Knock.Action(rawValue: bytes.byte(1)), let claim = Claim(action, bytes) else { return nil }
    self = .door(claim)
  }
}

extension SadoorOrder.Claim {
  fileprivate init?(_ action: Knock.Action, _ bytes: RawSpan) {
    guard bytes.byteCount >= SadoorOrder.servicesOffset, bytes.byte(2) >> 4 == 0, let services = Self.services(bytes),
      let ipv4 = SPAAddressMode(rawValue: UInt16(bytes.byte(2) & 3))?
        .claim(IPv4Address(bytes.u32(at: 8)), port: 0, zero: .zero),
      let ipv6 = SPAAddressMode(rawValue: UInt16(bytes.byte(2) >> 2))?
        .claim(IPv6Address(Bytes16(bytes, at: 12)), port: 0, zero: .zero),
      action == .close || ipv4 != .none || ipv6 != .none
    else { return nil }
    self.init(action: action, ipv4: ipv4, ipv6: ipv6, services: services, wishedLease: bytes.u32(at: 4))
  }

  private static func services(_ bytes: RawSpan) -> [Service]? {
    let count = Int(bytes.byte(3))
    guard count <= SadoorOrder.mostServices, bytes.byteCount == SadoorOrder.servicesOffset + SadoorOrder.serviceLength * count
    else { return nil }
    var services: [Service] = []
    for position in 0..<count {
      let offset = SadoorOrder.servicesOffset + SadoorOrder.serviceLength * position
      guard let service = Service(number: bytes.byte(offset), port: bytes.u16(at: offset + 1)) else { return nil }
      services.append(service)
    }
    return services
  }
}

extension Service {
  /// Nil for unknown transports, and unless there is a port exactly where the transport has ports.
  init?(number: UInt8, port: UInt16) {
    guard let transport = TransportProtocol(rawValue: number) else { return nil }
    if port == 0 {
      self.init(transport, nil)
    } else {
      guard transport.hasPorts, let port = Port(port) else { return nil }
      self.init(transport, port)
    }
  }
}
