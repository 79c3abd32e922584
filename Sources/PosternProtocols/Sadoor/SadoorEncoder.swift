// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
internal import PosternWire

/// Makes the packets of one SAdoor key: those described, then the command packet.
package struct SadoorEncoder: ~Copyable {
  /// Between two packets, so that they seldom overtake each other.
  package static let pause = Timestamp.Span.milliseconds(10)

  private let sealed: SealedSender?
  private let legacy: BlowfishKey?
  private let script: PacketScript

  /// Throws ``CryptoError/noLegacyProvider`` for an old key where OpenSSL has no Blowfish.
  package init(_ credential: SadoorCredential) throws(CryptoError) {
    script = credential.script
    switch credential.form {
    case .sealed(let key):
      sealed = try SealedSender(key, of: .sadoor)
      legacy = nil
    case .legacy(let key):
      legacy = try BlowfishKey(key, LegacyCiphers())
      sealed = nil
    }
  }

  /// The envelope of an order; `counter` is max(now, last + 1), and none may serve twice. Nil when the key is an old one.
  package func envelope(_ order: SadoorOrder, counter: Timestamp) throws(CryptoError) -> [UInt8]? {
    try sealed?.seal(order.encoded, form: SadoorOrder.form, counter: counter)
  }

  /// The block of an old command; nil when the key is a sealed one.
  package func block(_ command: LegacyCommand) throws(CryptoError) -> [UInt8]? {
    guard let legacy else { return nil }
    return try command.encoded(legacy)
  }

  /// All packets, the last with `command` behind the data that its description asks for. Fields that are not described are the
  /// kernel's or random; the destination is the gateway's address, whatever the description says.
  package func steps(_ command: [UInt8]) -> [KnockStep] {
    script.packets.map { $0.step(Self.pause) } + [script.command.step(Self.pause, command)]
  }
}

extension PacketDescription {
  fileprivate func step(_ pause: Timestamp.Span, _ command: [UInt8] = []) -> KnockStep {
    var step = KnockStep(carrier, port: port, payload: data + command, pause: pause)
    step.ip = .init(identification: identification, hopLimit: hopLimit, source: source)
    return step
  }

  private var port: UInt16 {
    switch transport {
    case .udp(_, let destination): destination ?? Self.anyPort
    case .tcp(let tcp): tcp.destination ?? Self.anyPort
    case .icmp: 0
    }
  }

  /// Where a description names no port: the one of traceroute(8), at which nobody listens.
  private static let anyPort: UInt16 = 33_434

  private var carrier: KnockStep.Transport {
    switch transport {
    case .udp(let source, _): .udp(source: source.flatMap { Port($0) })
    case .tcp(let tcp):
      .tcp(
        .init(
          flags: tcp.flags.map { TCPHeader.Flags(rawValue: $0) } ?? .syn, source: tcp.source.flatMap { Port($0) },
          sequence: tcp.sequence, acknowledgement: tcp.acknowledgement))
    case .icmp(let icmp):
      .icmp(
        .init(
          type: icmp.type, code: icmp.code ?? 0, identifier: icmp.identifier, sequence: icmp.sequence ?? 1))
    }
  }
}
