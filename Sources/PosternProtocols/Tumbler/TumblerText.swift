// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternTables
internal import PosternWire

/// What a tumbler hashes: time, address, secret and, in the second version, the user, with a separator between them.
///
/// That much is documented of the original. How it wrote the time and what stood between the items is not: both are configuration.
struct TumblerText: ~Copyable {
  private var bytes: [UInt8] = []

  /// The hash of one minute, client and secret; the text is wiped behind it.
  mutating func hash(time: [UInt8], separator: [UInt8], address: [UInt8], secret: RawSpan, user: [UInt8]?) -> Bytes32 {
    bytes.removeAll(keepingCapacity: true)
    bytes += time
    bytes += separator
    bytes += address
    bytes += separator
    guard let user else { return bytes.withBytes { SHA256.hash($0, secret) } }
    defer { wipe() }
    for offset in 0..<secret.byteCount { bytes.append(secret.byte(offset)) }
    bytes += separator
    bytes += user
    return SHA256.hash(bytes)
  }

  private mutating func wipe() { for index in bytes.indices { bytes[index] = 0 } }
}

/// The minutes around a moment that a tumbler takes: the clocks of client and gateway may be a minute apart.
enum TumblerMinute {
  static let length = Timestamp.Span.seconds(60)

  /// The first moment of the minute that `moment` lies in.
  static func start(of moment: Timestamp) -> Timestamp {
    let seconds = moment.nanoseconds / 1_000_000_000
    return Timestamp(seconds: seconds - seconds % 60)
  }

  /// This minute first, then its neighbours.
  static func candidates(at now: Timestamp) -> [Timestamp] {
    let current = start(of: now)
    return [current, current - length, current + length]
  }
}
