// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternKnock
package import PosternWire

/// What a `syn` knock says; the SYN itself carries only a code of it.
package struct SynClaim: Hashable, Sendable {
  package var action: Knock.Action
  package var step: UInt64
  /// The destination port of the SYN.
  package var port: UInt16
  /// The source of the SYN, as the gateway sees it.
  package var source: IPAddress

  package init(action: Knock.Action, step: UInt64, port: UInt16, source: IPAddress) {
    self.action = action
    self.step = step
    self.port = port
    self.source = source
  }

  /// "postern syn v1" || action || step || port || family || source.
  package var message: [UInt8] {
    var writer = WireWriter(capacity: SynLabel.code.count + 28)
    writer.raw(SynLabel.code)
    writer.u8(action.rawValue)
    writer.u64(step)
    writer.u16(port)
    writer.u8(source.family.rawValue)
    switch source {
    case .v4(let address): writer.u32(address.value)
    case .v6(let address): writer.put(address.bytes)
    }
    return writer.bytes
  }
}

/// The steps of time that `syn` knocks are made for.
package enum SynStep {
  package static let length = Timestamp.Span.seconds(15)
  /// Steps before and after the gateway's own that count.
  package static let past: UInt64 = 4
  package static let future: UInt64 = 1

  package static func number(at moment: Timestamp) -> UInt64 { moment.nanoseconds / UInt64(length.nanoseconds) }

  /// The first moment of a step, which is the stamp of its knocks.
  package static func start(of step: UInt64) -> Timestamp {
    let (product, overflow) = step.multipliedReportingOverflow(by: UInt64(length.nanoseconds))
    return Timestamp(nanoseconds: overflow ? .max : product)
  }

  static func accepted(at now: Timestamp) -> ClosedRange<UInt64> {
    let current = number(at: now)
    return (current - min(past, current))...(current + future)
  }
}

enum SynLabel {
  static let code = Array("postern syn v1".utf8)
  static let hint = Array("postern syn v1 hint".utf8)
}

/// The keyed codes of `syn`, under one secret after another.
struct SynCode: ~Copyable {
  private let hmac = HMACSHA256(key: RawSpan())

  /// The sixteen bits by which a gateway finds the key.
  func hint(secret: RawSpan, step: UInt64) -> UInt16 {
    hmac.rekey(secret)
    let code = SynLabel.hint.withBytes { label in step.withBytes { hmac.mac(label, $0) } }
    return UInt16(truncatingIfNeeded: code.high.high >> 48)
  }

  /// HMAC-SHA256 of a claim: the first eight bytes travel, the last sixteen are the knock's identity.
  func code(secret: RawSpan, _ claim: SynClaim) -> Bytes32 {
    hmac.rekey(secret)
    return claim.message.withBytes { hmac.mac($0) }
  }
}
