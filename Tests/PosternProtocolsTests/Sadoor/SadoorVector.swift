// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

/// A sealed command with everything that made it.
struct SadoorVector: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let key: HexBytes
  let counter: UInt64
  let hintKey: HexBytes
  let hint: HexBytes
  let plain: HexBytes
  let envelope: HexBytes
  let knockId: HexBytes
  let action: UInt8
  let v4mode: Int?
  let v6mode: Int?
  let v4: String?
  let v6: String?
  let lease: UInt32?
  let services: [String]?
  let run: String?

  var testDescription: String { name }
  var stamp: Timestamp { Timestamp(nanoseconds: counter) }

  static func load() throws -> [SadoorVector] { try VectorFile.load("sadoor/sealed.json", as: SadoorVector.self) }

  var order: SadoorOrder {
    get throws {
      if let run { return .run(Array(run.utf8)) }
      return .door(
        .init(
          action: try #require(Knock.Action(rawValue: action)), ipv4: claim(v4mode, try #require(v4.flatMap { IPv4Address($0) })),
          ipv6: claim(v6mode, try #require(v6.flatMap { IPv6Address($0) })),
          services: (services ?? []).compactMap { Service($0) },
          wishedLease: lease ?? 0))
    }
  }

  private func claim<Address>(_ mode: Int?, _ address: Address) -> AddressClaim<Address> {
    switch mode {
    case 1: .named(address, port: nil)
    case 2: .packetSource(port: nil)
    case 3: .bothAgree(address, port: nil)
    default: .none
    }
  }
}

/// A block of the old client.
struct CommandVector: Decodable, Sendable, CustomTestStringConvertible {
  struct Time: Decodable, Sendable {
    let sec: UInt64
    let usec: UInt64
  }

  let id: String
  let code: UInt16
  let dataHex: HexBytes
  let timestamp: Time
  let plaintextHex: HexBytes
  let wireHex: HexBytes

  var testDescription: String { id }
  var stamp: Timestamp { Timestamp(nanoseconds: timestamp.sec * 1_000_000_000 + timestamp.usec * 1000) }

  /// As the file says.
  static let key = (1...56).map { UInt8($0) }

  static func load() throws -> [CommandVector] { try VectorFile.load("sadoor/command-packet.json", as: CommandVector.self) }
}
