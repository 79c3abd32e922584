// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The eight bytes of the classic port sequence: address 4, port 2, time 1, and their sum modulo 256.
package struct ClassicBlock: Hashable, Sendable {
  package static let length = 8

  /// How long the port shall be open.
  package enum Time: Hashable, Sendable {
    /// Zero: close it now.
    case close
    /// 1 to 254.
    case minutes(UInt8)
    /// 255: until it is closed. A door's longest lease ends it here.
    case unlimited
  }

  package var address: IPv4Address
  /// Of TCP.
  package var port: Port
  package var time: Time

  package init(address: IPv4Address, port: Port, time: Time) {
    self.address = address
    self.port = port
    self.time = time
  }

  package var encoded: UInt64 {
    var block = UInt64(address.value) << 32 | UInt64(port.number) << 16
    switch time {
    case .close: break
    case .minutes(let minutes): block |= UInt64(minutes) << 8
    case .unlimited: block |= 255 << 8
    }
    return block | UInt64(Self.sum(block))
  }

  /// Nil for a wrong sum and for port zero.
  package init?(_ block: UInt64) {
    guard Self.sum(block) == UInt8(truncatingIfNeeded: block), let port = Port(UInt16(truncatingIfNeeded: block >> 16)) else {
      return nil
    }
    let time: Time =
      switch UInt8(truncatingIfNeeded: block >> 8) {
      case 0: .close
      case 255: .unlimited
      case let minutes: .minutes(minutes)
      }
    self.init(address: IPv4Address(UInt32(truncatingIfNeeded: block >> 32)), port: port, time: time)
  }

  /// The sum of the first seven bytes, modulo 256.
  private static func sum(_ block: UInt64) -> UInt8 {
    (1..<8).reduce(0) { $0 &+ UInt8(truncatingIfNeeded: block >> UInt64(8 * $1)) }
  }
}
