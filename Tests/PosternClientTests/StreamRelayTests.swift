// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import PosternClient
import PosternKnock
import PosternPlatform
import Testing

@Suite struct StreamRelayTests {
  /// More than every buffer on the way holds together with a pipe.
  private static let upward = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
  private static let downward = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 17 &+ $0 >> 9) }

  private func pipe() -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    _ = unsafe Glibc.pipe(&ends)
    return (ends[0], ends[1])
  }

  private func connected(_ listener: borrowing OwnedDescriptor) throws -> OwnedDescriptor {
    var dialer = Dialer([try Loopback.address(of: listener)])
    dialer.advance(to: .milliseconds(0))
    guard let socket = try dialer.wait(atMost: .seconds(2)) else { throw ClientError.noAnswer("loopback") }
    return socket
  }

  /// The server answers only after the end of what it reads: without half-close this would never end.
  @Test func halfCloseAfterAMebibyte() throws {
    let listener = try Loopback.listener()
    let relay = try connected(listener)
    let server = Loopback.accept(listener).release()
    let (input, output) = (pipe(), pipe())
    let received = Box()
    let serving = try Worker {
      received.bytes = Loopback.readAll(server)
      Loopback.writeAll(Self.downward, to: server)
      close(server)
    }
    let feeding = try Worker {
      let data = Data(Self.upward)
      try? FileHandle(fileDescriptor: input.write, closeOnDealloc: false).write(contentsOf: data)
      close(input.write)
    }
    let answer = Box()
    let reading = try Worker { answer.bytes = Loopback.readAll(output.read) }
    try StreamRelay(
      socket: relay, input: OwnedDescriptor(owning: input.read), output: OwnedDescriptor(owning: output.write)
    ).run()
    serving.join()
    feeding.join()
    reading.join()
    close(output.read)
    #expect(received.bytes == Self.upward)
    #expect(answer.bytes == Self.downward)
  }

  /// The server ends first; the input is still read to its end.
  @Test func theServerMayEndFirst() throws {
    let listener = try Loopback.listener()
    let relay = try connected(listener)
    let server = Loopback.accept(listener).release()
    let (input, output) = (pipe(), pipe())
    let received = Box()
    let serving = try Worker {
      Loopback.writeAll(Self.downward, to: server)
      shutdown(server, Int32(SHUT_WR))
      received.bytes = Loopback.readAll(server)
      close(server)
    }
    // Feeds only after the output has ended, so both directions cannot overlap.
    let answer = Box()
    let feeding = try Worker {
      answer.bytes = Loopback.readAll(output.read)
      try? FileHandle(fileDescriptor: input.write, closeOnDealloc: false).write(contentsOf: Data(Self.upward))
      close(input.write)
    }
    try StreamRelay(
      socket: relay, input: OwnedDescriptor(owning: input.read), output: OwnedDescriptor(owning: output.write)
    ).run()
    serving.join()
    feeding.join()
    close(output.read)
    #expect(received.bytes == Self.upward)
    #expect(answer.bytes == Self.downward)
  }

  final class Box: @unchecked Sendable {
    var bytes: [UInt8] = []
  }
}
