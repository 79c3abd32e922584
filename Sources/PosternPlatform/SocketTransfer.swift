// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What a read of a connection brought.
package enum Received: Hashable, Sendable {
  /// The first `count` bytes of the buffer are new.
  case bytes(Int)
  /// There is nothing to read now.
  case nothing
  /// The other side has closed; nothing will come any more.
  case closed
}

/// Reading and writing of connected sockets, waiting or not by the call and not by the descriptor.
enum SocketTransfer {
  /// The number of bytes taken, nil when the other side's buffer is full. Never raises SIGPIPE.
  static func send(
    _ operation: StaticString, _ socket: borrowing OwnedDescriptor, _ bytes: RawSpan, waits: Bool
  ) throws(PlatformError) -> Int? {
    let flags = CInt(MSG_NOSIGNAL) | (waits ? 0 : CInt(MSG_DONTWAIT))
    let number = socket.number
    return try SystemCall.valueUnlessBlocked(operation) {
      unsafe bytes.withUnsafeBytes { raw in unsafe Glibc.send(number, raw.baseAddress, raw.count, flags) }
    }
  }

  /// A message that is longer than the buffer is an error (EMSGSIZE) and lost; of a stream as much as fits is read.
  static func receive(
    _ operation: StaticString, _ socket: borrowing OwnedDescriptor, into buffer: inout [UInt8], waits: Bool, isStream: Bool
  ) throws(PlatformError) -> Received {
    let flags = (isStream ? 0 : CInt(MSG_TRUNC)) | (waits ? 0 : CInt(MSG_DONTWAIT))
    let number = socket.number
    let count = try SystemCall.valueUnlessBlocked(operation) {
      let count = unsafe buffer.withUnsafeMutableBytes { raw in unsafe recv(number, raw.baseAddress, raw.count, flags) }
      // the other side closed without reading what was sent to it
      return count < 0 && errno == ECONNRESET ? 0 : count
    }
    guard let count else { return .nothing }
    guard count <= buffer.count else { throw PlatformError(operation, EMSGSIZE) }
    return count == 0 ? .closed : .bytes(count)
  }
}
