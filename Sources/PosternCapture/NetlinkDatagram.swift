// SPDX-License-Identifier: Apache-2.0
import CCapture
import Glibc
import PosternPlatform

/// What one read of a netlink socket brought.
enum NetlinkDatagram: Hashable, Sendable {
  /// From the kernel: the first `count` bytes of the buffer.
  case kernel(count: Int)
  /// From the kernel and longer than the buffer, which is full.
  case truncated
  /// From another process.
  case foreign
  /// Packets were lost since the last read (ENOBUFS).
  case overrun
  /// There is nothing to read now.
  case nothing

  /// Reads one datagram without waiting.
  static func receive(_ socket: borrowing NetlinkSocket, into buffer: inout [UInt8]) throws(PlatformError) -> NetlinkDatagram {
    var sender = sockaddr_nl()
    let number = socket.descriptor.number
    do {
      let count = try SystemCall.value("receive logged packets") { receive(number, &buffer, &sender) }
      guard sender.nl_pid == 0 else { return .foreign }
      return count > buffer.count ? .truncated : .kernel(count: count)
    } catch {
      switch error.code {
      case EAGAIN: return .nothing
      case ENOBUFS: return .overrun
      default: throw error
      }
    }
  }

  /// With MSG_TRUNC the answer is the datagram's true length, whatever fits.
  private static func receive(_ number: CInt, _ buffer: inout [UInt8], _ sender: inout sockaddr_nl) -> Int {
    var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
    let flags = CInt(MSG_DONTWAIT) | CInt(MSG_TRUNC)
    return unsafe buffer.withUnsafeMutableBytes { raw in
      unsafe withUnsafeMutablePointer(to: &sender) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe recvfrom(number, raw.baseAddress, raw.count, flags, $0, &size)
        }
      }
    }
  }
}
