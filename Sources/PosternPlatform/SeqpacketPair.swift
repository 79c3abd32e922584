// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// One end of a connection that keeps message boundaries (unix(7), SOCK_SEQPACKET).
package struct SeqpacketSocket: ~Copyable {
  package let descriptor: OwnedDescriptor

  /// Takes over an end, such as one that was inherited; ENOTSOCK or EPROTOTYPE when it is something else.
  package init(adopting descriptor: consuming OwnedDescriptor) throws(PlatformError) {
    var type: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    let number = descriptor.number
    try SystemCall.value("adopt message socket") { unsafe getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &size) }
    guard type == CInt(SOCK_SEQPACKET.rawValue) else { throw PlatformError("adopt message socket", EPROTOTYPE) }
    self.descriptor = descriptor
  }

  init(owning number: CInt) { descriptor = OwnedDescriptor(owning: number) }

  /// Sends one whole message, which must not be empty; false when the other side's buffer is full and `waits` is false.
  package func send(_ message: RawSpan, waits: Bool = false) throws(PlatformError) -> Bool {
    guard !message.isEmpty else { throw PlatformError("send message", EINVAL) }
    return try SocketTransfer.send("send message", descriptor, message, waits: waits) != nil
  }

  /// Tells the other side that nothing more comes from here; what it has sent and still sends can be read.
  package func endSending() throws(PlatformError) {
    let number = descriptor.number
    try SystemCall.value("end sending") { shutdown(number, CInt(SHUT_WR)) }
  }

  /// Reads one whole message; one that does not fit into the buffer is an error (EMSGSIZE) and lost.
  package func receive(into buffer: inout [UInt8], waits: Bool = false) throws(PlatformError) -> Received {
    try SocketTransfer.receive("receive message", descriptor, into: &buffer, waits: waits, isStream: false)
  }
}

/// Two connected ends, one to keep and one to give to a child process.
package struct SeqpacketPair: ~Copyable {
  package let near: SeqpacketSocket
  package let far: SeqpacketSocket

  package init() throws(PlatformError) {
    var ends: (CInt, CInt) = (-1, -1)
    try SystemCall.value("create message sockets") { unsafe postern_seqpacket_pair(&ends.0, &ends.1) }
    near = SeqpacketSocket(owning: ends.0)
    far = SeqpacketSocket(owning: ends.1)
  }

  /// Closes the far end, once the child has its own.
  package consuming func keepNear() -> SeqpacketSocket { near }
}
