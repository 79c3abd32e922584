// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire
import Testing

/// A host that sends packets to a gateway, as whole packets: what readers of sequences are fed with.
struct Sender {
  static let gateway4 = IPAddress.v4(IPv4Address(0xc000_0201))
  static let gateway6 = IPAddress.v6(IPv6Address(high: 0x2001_0db8_0000_0000, low: 1))

  let address: IPAddress

  init(_ address: String = "192.0.2.7") throws { self.address = try #require(IPAddress(address)) }

  var builder: PacketBuilder {
    get throws {
      switch address {
      case .v4: try #require(PacketBuilder(from: address, to: Self.gateway4))
      case .v6: try #require(PacketBuilder(from: address, to: Self.gateway6))
      }
    }
  }

  func syn(_ port: UInt16, sequence: UInt32 = 0, flags: TCPHeader.Flags = .syn) throws -> [UInt8] {
    try builder.tcp(from: 40_000, to: port, flags: flags, sequence: sequence)
  }

  func syns(_ ports: [UInt16], nonce: UInt32 = 0) throws -> [[UInt8]] {
    try ports.enumerated().map { try syn($1, sequence: nonce &+ UInt32($0)) }
  }
}

extension Timestamp {
  static func + (left: Timestamp, milliseconds: Int64) -> Timestamp { left + .milliseconds(milliseconds) }
}

extension Sequence where Element == Reading {
  /// The knocks among them.
  var knocks: [Knock] { compactMap(\.knock) }
}

/// Bytes that follow from a seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
