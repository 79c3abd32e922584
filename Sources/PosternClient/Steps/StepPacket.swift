// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternProtocols
package import PosternWire

/// What a step leaves to chance.
package struct StepChance: Hashable, Sendable {
  package var source: UInt16
  package var sequence: UInt32
  package var identifier: UInt16

  package init(source: UInt16, sequence: UInt32, identifier: UInt16) {
    self.source = source
    self.sequence = sequence
    self.identifier = identifier
  }

  /// Drawn afresh for each packet.
  package static func draw() throws(ClientError) -> StepChance {
    do throws(CryptoError) {
      return try Randomness.bytes(8).withBytes { bytes in
        // One of the dynamic ports 49152...65535 (RFC 6335 section 6).
        StepChance(source: 0xc000 | bytes.u16(at: 0), sequence: bytes.u32(at: 2), identifier: bytes.u16(at: 6))
      }
    } catch {
      throw ClientError(error)
    }
  }
}

extension KnockStep {
  /// The maximum segment size of an Ethernet path, 1460, as the option that every SYN bears (RFC 9293 section 3.7.1).
  private static let segmentSize: [UInt8] = [2, 4, 0x05, 0xb4]

  /// The whole packet of a step, made with the addresses of `builder`.
  package func packet(_ builder: PacketBuilder, chance: StepChance) -> [UInt8] {
    switch transport {
    case .udp(let source): builder.udp(from: source?.number ?? chance.source, to: port, payload: payload)
    case .connect: segment(TCPFields(), builder, chance)
    // A connection has no packet of its own; its data alone would be in none. Only its beginning can be written by hand.
    case .stream: segment(TCPFields(), builder, chance)
    case .tcp(let fields): segment(fields, builder, chance)
    case .icmp(let fields): message(fields, builder, chance)
    }
  }

  private func segment(_ fields: TCPFields, _ builder: PacketBuilder, _ chance: StepChance) -> [UInt8] {
    var builder = builder
    builder.checksum = fields.omitsChecksum ? .zero : .full
    return builder.tcp(
      from: fields.source?.number ?? chance.source, to: port, flags: fields.flags, sequence: fields.sequence ?? chance.sequence,
      acknowledgement: fields.acknowledgement ?? 0, window: fields.window ?? 64_240, urgentPointer: fields.urgentPointer,
      options: fields.options ?? (fields.flags.contains(.syn) ? Self.segmentSize : []), payload: payload)
  }

  private func message(_ fields: ICMPFields, _ builder: PacketBuilder, _ chance: StepChance) -> [UInt8] {
    let identifier = fields.identifier ?? chance.identifier
    guard let type = fields.type else {
      return builder.echoRequest(identifier: identifier, sequence: fields.sequence, payload: payload)
    }
    return builder.icmp(type: type, code: fields.code, identifier: identifier, sequence: fields.sequence, payload: payload)
  }
}
