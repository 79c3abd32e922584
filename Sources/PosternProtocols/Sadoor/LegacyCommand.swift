// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternWire

/// The command block of SAdoor's own client: `iv 8 | length 2 | code 2 | data`, all behind the initial value in cipher feedback.
///
/// The initial value is the client's time, seconds and microseconds. There is no authentication: a wrong key shows in length and code
/// alone, and who holds a block can change its commands.
package struct LegacyCommand: Hashable, Sendable {
  package enum Order: Hashable, Sendable {
    /// 1: connect to this address and serve a shell there.
    case connect(IPv4Address, UInt16)
    /// 2: a line for a shell.
    case run([UInt8])
    /// 3: serve this port to one client.
    case accept(port: UInt16, client: IPv4Address, clientPort: UInt16)
  }

  private enum Code {
    static let connect: UInt16 = 1
    static let run: UInt16 = 2
    static let accept: UInt16 = 3
  }

  /// Bytes in clear, and the shortest and longest block that the old daemon took.
  package static let initialLength = 8
  package static let lengths = 12...1512
  /// What the length field counts besides the data: the whole front of the block.
  private static let frontLength = 12

  package var stamp: Timestamp
  package var order: Order

  package init(stamp: Timestamp, order: Order) {
    self.stamp = stamp
    self.order = order
  }

  /// Nil for a block that another key made, as far as that can be told, and for one that is malformed.
  package init?(_ block: RawSpan, _ key: BlowfishKey) {
    guard Self.lengths.contains(block.byteCount), let stamp = Self.stamp(block.u64(at: 0)) else { return nil }
    let sealed = block.extracting(droppingFirst: Self.initialLength)
    // The front alone first: junk shall not cost a cipher operation for each of its bytes.
    guard let front = try? key.openFeedback(sealed.extracting(first: 4).copied(), initial: block.u64(at: 0)),
      Int(front[0]) << 8 | Int(front[1]) == block.byteCount,
      let plain = try? key.openFeedback(sealed.copied(), initial: block.u64(at: 0)),
      let order = plain.withBytes({ Self.order($0) })
    else { return nil }
    self.init(stamp: stamp, order: order)
  }

  /// Nil for microseconds that are none.
  private static func stamp(_ initial: UInt64) -> Timestamp? {
    let micros = UInt64(UInt32(truncatingIfNeeded: initial))
    guard micros < 1_000_000 else { return nil }
    return Timestamp(nanoseconds: (initial >> 32) * 1_000_000_000 + micros * 1000)
  }

  private static func order(_ plain: RawSpan) -> Order? {
    let data = plain.extracting(droppingFirst: 4)
    switch (plain.u16(at: 2), data.byteCount) {
    case (Code.connect, 8) where data.u16(at: 6) == 0:
      return .connect(IPv4Address(data.u32(at: 0)), data.u16(at: 4))
    case (Code.run, _): return .run(data.copied())
    case (Code.accept, 12) where data.u16(at: 2) == 0 && data.u16(at: 10) == 0:
      return .accept(port: data.u16(at: 0), client: IPv4Address(data.u32(at: 4)), clientPort: data.u16(at: 8))
    default: return nil
    }
  }

  /// The block as the old client makes it; the stamp loses what is less than a microsecond.
  package func encoded(_ key: BlowfishKey) throws(CryptoError) -> [UInt8] {
    let (code, data) = fields
    var plain = WireWriter(capacity: 4 + data.count)
    plain.u16(UInt16(clamping: Self.frontLength + data.count))
    plain.u16(code)
    plain.raw(data)
    let (seconds, rest) = stamp.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let initial = UInt64(UInt32(truncatingIfNeeded: seconds)) << 32 | rest / 1000
    var block = WireWriter(capacity: Self.frontLength + data.count)
    block.u64(initial)
    block.raw(try key.sealFeedback(plain.bytes, initial: initial))
    return block.bytes
  }

  private var fields: (code: UInt16, data: [UInt8]) {
    var data = WireWriter()
    switch order {
    case .connect(let address, let port):
      data.u32(address.value)
      data.u16(port)
      data.u16(0)
      return (Code.connect, data.bytes)
    case .run(let line): return (Code.run, line)
    case .accept(let port, let client, let clientPort):
      data.u16(port)
      data.u16(0)
      data.u32(client.value)
      data.u16(clientPort)
      data.u16(0)
      return (Code.accept, data.bytes)
    }
  }
}
