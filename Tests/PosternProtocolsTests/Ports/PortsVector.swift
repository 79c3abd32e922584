// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// A sealed sequence with everything that made it.
struct PortsVector: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let key: HexBytes
  let base: UInt16
  let counter: UInt64
  let action: UInt8
  let mode: UInt8
  let `protocol`: UInt8
  let port: UInt16
  let lease: UInt16
  let address: String
  let hintKey: HexBytes
  let hint: HexBytes
  let plain: HexBytes
  let envelope: HexBytes
  let knockId: HexBytes
  let ports: [UInt16]

  var testDescription: String { name }

  static func load() throws -> [PortsVector] { try VectorFile.load("ports/sealed.json", as: PortsVector.self) }

  var stamp: Timestamp { Timestamp(nanoseconds: counter) }

  func credential(_ order: PortsCredential.Order = .arrival) throws -> PortsCredential {
    PortsCredential(form: .sealed(try key.bytes32), base: base, window: .seconds(10), order: order, needsSource: false)
  }

  var claim: PortsClaim {
    get throws {
      let transport = TransportProtocol(rawValue: self.protocol)
      let service = transport.flatMap { transport in
        Port(port).map { Service(transport, $0) } ?? Service(transport, nil)
      }
      let address: PortsClaim.Address =
        switch try #require(IPAddress(address)) {
        case .v4(let address): .v4(claim(address))
        case .v6(let address): .v6(claim(address))
        }
      return PortsClaim(
        action: try #require(Knock.Action(rawValue: action)), service: service, address: address, wishedLease: lease)
    }
  }

  private func claim<Address>(_ address: Address) -> AddressClaim<Address> {
    switch mode {
    case 1: .named(address, port: nil)
    case 2: .packetSource(port: nil)
    default: .bothAgree(address, port: nil)
    }
  }
}

/// A classic sequence, plain and encrypted.
struct ClassicVector: Decodable, Sendable, CustomTestStringConvertible {
  let id: String
  let ip: String
  let port: UInt16
  let time: UInt8
  let plaintextHex: HexBytes
  let plainPorts: [UInt16]
  let cipherHex: HexBytes
  let cipherPorts: [UInt16]

  var testDescription: String { id }

  /// As the file says.
  static let key = Array("postern legacy key".utf8)
  static let base: UInt16 = 1024

  static func load() throws -> [ClassicVector] { try VectorFile.load("ports/classic.json", as: ClassicVector.self) }

  var block: ClassicBlock {
    get throws {
      let time: ClassicBlock.Time =
        switch time {
        case 0: .close
        case 255: .unlimited
        default: .minutes(time)
        }
      return ClassicBlock(address: try #require(IPv4Address(ip)), port: try #require(Port(port)), time: time)
    }
  }

  static func credential(_ form: PortsCredential.Form, needsSource: Bool = true) -> PortsCredential {
    PortsCredential(form: form, base: base, window: .seconds(10), order: .arrival, needsSource: needsSource)
  }
}
