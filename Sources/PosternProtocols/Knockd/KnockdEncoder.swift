// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
internal import PosternWire

/// Makes the packets of a knock that ``KnockdReader`` takes.
package enum KnockdEncoder {
  /// One packet a step. A segment that is no plain SYN has to be made by hand, which needs a right.
  package static func steps(_ sequence: [KnockdStep], pause: Timestamp.Span) -> [KnockStep] {
    sequence.map { step in
      switch step {
      case .tcp(let port, let flags):
        if flags.fits(.syn) { return .connect(port.number, pause: pause) }
        return KnockStep(.tcp(.init(flags: flags.set)), port: port.number, pause: pause)
      case .udp(let port): return .udp(port.number, datagram, pause: pause)
      case .echo: return .echo(pause: pause)
      }
    }
  }

  /// The one byte that knock(1) sends.
  private static let datagram: [UInt8] = [0]
}
