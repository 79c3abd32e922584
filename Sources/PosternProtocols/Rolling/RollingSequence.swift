// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
package import PosternKnock
package import PosternWire

/// The ports of one key at one step, as numbers of 15 bits. One value serves any number of keys, one after the other.
///
/// The first two find the key and are the same for every sender; the others are bound to the sender's address.
package struct RollingSequence: ~Copyable {
  package static let openingLength = 2
  private static let bits = 15

  private static let opening = Array("postern rolling v1 opening".utf8)
  private static let sequence = Array("postern rolling v1 sequence".utf8)
  private static let identity = Array("postern rolling v1 id".utf8)

  private let hmac: HMACSHA256

  package init() { hmac = Bytes32.zero.withBytes { HMACSHA256(key: $0) } }

  /// The number of the step that a moment lies in; steps are counted from 1970 on.
  package static func step(of moment: Timestamp, length: UInt16) -> UInt64 {
    moment.nanoseconds / (UInt64(length) * 1_000_000_000)
  }

  package static func start(of step: UInt64, length: UInt16) -> Timestamp {
    Timestamp(seconds: step.multipliedReportingOverflow(by: UInt64(length)).partialValue)
  }

  /// The first two numbers.
  package func opening(_ secret: RawSpan, step: UInt64, door: DoorID) -> (UInt16, UInt16) {
    let code = mac(Self.opening, secret, step, door, nil)
    return (Self.symbol(code, 0), Self.symbol(code, 1))
  }

  /// All numbers behind the first two: `count` of them, at most 17.
  package func rest(
    _ secret: RawSpan, step: UInt64, door: DoorID, source: IPAddress?, count: Int
  ) -> [UInt16] {
    let code = mac(Self.sequence, secret, step, door, source ?? Self.nobody)
    return (0..<count).map { Self.symbol(code, $0) }
  }

  /// The identity of the sequence for replay, the first sixteen bytes.
  package func id(_ secret: RawSpan, step: UInt64, door: DoorID, source: IPAddress?) -> Bytes16 {
    mac(Self.identity, secret, step, door, source ?? Self.nobody).high
  }

  private static let nobody = IPAddress.v6(IPv6Address(.zero))

  private func mac(_ label: [UInt8], _ secret: RawSpan, _ step: UInt64, _ door: DoorID, _ source: IPAddress?) -> Bytes32 {
    var message = WireWriter(capacity: label.count + 32)
    message.raw(label)
    message.u64(step)
    message.u64(door.value)
    if let source { message.put(Self.bytes(of: source)) }
    hmac.rekey(secret)
    return message.bytes.withBytes { hmac.mac($0) }
  }

  /// An IPv4 address stands as the IPv4-mapped one of IPv6 (RFC 4291 section 2.5.5.2).
  private static func bytes(of address: IPAddress) -> Bytes16 {
    switch address {
    case .v4(let address): Bytes16(high: 0, low: 0xffff << 32 | UInt64(address.value))
    case .v6(let address): address.bytes
    }
  }

  /// Bits 15 * position and following, from the first on.
  private static func symbol(_ code: Bytes32, _ position: Int) -> UInt16 {
    let words = [code.high.high, code.high.low, code.low.high, code.low.low]
    let (word, offset) = (position * bits).quotientAndRemainder(dividingBy: 64)
    let next = word + 1 < words.count ? words[word + 1] : 0
    let window = offset == 0 ? words[word] : words[word] << UInt64(offset) | next >> UInt64(64 - offset)
    return UInt16(truncatingIfNeeded: window >> UInt64(64 - bits))
  }
}
