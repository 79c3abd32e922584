// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc
import PosternPlatform
import Testing

@Suite struct DatagramSenderTests {
  private let path = "/tmp/postern-datagram-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).socket"

  private func listener() throws -> OwnedDescriptor {
    let socket = OwnedDescriptor(owning: postern_datagram_socket())
    try #require(unsafe postern_unix_bind(socket.number, path) == 0)
    return socket
  }

  @Test func datagramsArriveWhole() throws {
    #expect(!DatagramSender.isThere(path))
    let sender = try DatagramSender(to: path)
    let alone = sender.send([1])
    #expect(!alone, "nobody there")
    let listener = try listener()
    defer { _ = unsafe unlink(path) }
    #expect(DatagramSender.isThere(path))
    let sent = [sender.send([1, 2]), sender.send([3])]
    #expect(sent == [true, true])
    var buffer = [UInt8](repeating: 0, count: 16)
    #expect(unsafe read(listener.number, &buffer, 16) == 2 && buffer.prefix(2) == [1, 2])
    #expect(unsafe read(listener.number, &buffer, 16) == 1 && buffer[0] == 3)
  }

  /// A journal that hangs: sending answers at once, and says what was dropped. A new one at the same path is found.
  @Test func aListenerThatDoesNotReadCostsNothing() throws {
    let sender = try DatagramSender(to: path)
    do {
      let first = try listener()
      var sent = 0
      while sent < 100_000, sender.send([UInt8](repeating: 0, count: 512)) { sent += 1 }
      #expect(sent > 0 && sent < 100_000)
      _ = first.number
    }
    let orphaned = sender.send([1])
    #expect(!orphaned)
    _ = unsafe unlink(path)
    let second = try listener()
    defer { _ = unsafe unlink(path) }
    let arrived = sender.send([7])
    #expect(arrived)
    var buffer = [UInt8](repeating: 0, count: 16)
    #expect(unsafe read(second.number, &buffer, 16) == 1 && buffer[0] == 7)
  }
}
