// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// How bytes become port numbers: so many bits a port, from the first bit on, added to a base; what is left of the last port is zeros.
package struct PortAlphabet: Hashable, Sendable {
  package let base: UInt16
  package let bits: Int

  /// One byte a port: the classic eight ports of a block.
  package static func bytes(from base: UInt16) -> PortAlphabet { PortAlphabet(base: base, bits: 8) }

  /// Fifteen bits a port, which is half of all ports.
  package static func halves(from base: UInt16) -> PortAlphabet { PortAlphabet(base: base, bits: 15) }

  private init(base: UInt16, bits: Int) {
    self.base = base
    self.bits = bits
  }

  /// The highest base whose span ends with the last port.
  package static func largestBase(bits: Int) -> UInt16 { UInt16(65_536 - 1 << bits) }

  package var span: Int { 1 << bits }

  /// The symbol that a port stands for; nil outside the span.
  package func symbol(of port: UInt16) -> UInt16? {
    guard port >= base, Int(port - base) < span else { return nil }
    return port - base
  }

  /// Ports that carry so many bytes.
  package func portCount(bytes: Int) -> Int { (bytes * 8 + bits - 1) / bits }

  package func ports(of bytes: [UInt8]) -> [UInt16] {
    (0..<portCount(bytes: bytes.count)).map { position in
      var symbol: UInt16 = 0
      for bit in position * bits..<(position + 1) * bits {
        let set = bit / 8 < bytes.count && bytes[bit / 8] & 0x80 >> UInt8(bit % 8) != 0
        symbol = symbol << 1 | (set ? 1 : 0)
      }
      return base + symbol
    }
  }

  /// The `count` bytes that symbols carry; nil when there are too few or too many of them, or when the rest is not zeros.
  package func bytes(of symbols: some Collection<UInt16>, count: Int) -> [UInt8]? {
    guard symbols.count == portCount(bytes: count) else { return nil }
    var bytes = WireWriter(capacity: count)
    var rest: UInt32 = 0
    var held = 0
    for symbol in symbols {
      rest = rest << UInt32(bits) | UInt32(symbol)
      held += bits
      while held >= 8, bytes.count < count {
        held -= 8
        bytes.u8(UInt8(truncatingIfNeeded: rest >> UInt32(held)))
        rest &= 1 << UInt32(held) - 1
      }
    }
    return rest == 0 ? bytes.bytes : nil
  }

  /// The first eight bytes of symbols, of which there are enough.
  package func counter(of symbols: some Sequence<UInt16>) -> UInt64 {
    var value: UInt64 = 0
    var missing = 64
    for symbol in symbols where missing > 0 {
      let taken = min(bits, missing)
      value = value << UInt64(taken) | UInt64(symbol) >> UInt64(bits - taken)
      missing -= taken
    }
    return value
  }
}
