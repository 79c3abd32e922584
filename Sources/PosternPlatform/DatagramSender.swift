// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// Sends datagrams to a unix socket at a path, never waiting. The path is looked up each time: who listens there may be restarted.
package struct DatagramSender: ~Copyable {
  package let path: String
  private let descriptor: OwnedDescriptor

  package init(to path: String) throws(PlatformError) {
    self.path = path
    descriptor = try OwnedDescriptor("create datagram socket") { postern_datagram_socket() }
  }

  /// Whether there is a socket at a path.
  package static func isThere(_ path: String) -> Bool { unsafe postern_is_socket(path) == 1 }

  /// False when the datagram was dropped: nobody listens, his buffer is full, or it is too large.
  package func send(_ bytes: [UInt8]) -> Bool {
    let number = descriptor.number
    return unsafe postern_send_to(number, path, bytes, bytes.count) == bytes.count
  }
}
