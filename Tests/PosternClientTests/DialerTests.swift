// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternClient
import PosternKnock
import PosternPlatform
import PosternWire
import Testing

@Suite struct DialerTests {
  /// A listener whose queue is full: Linux drops further SYNs, as a closed door does.
  private struct Swallower: ~Copyable {
    let listener: OwnedDescriptor
    let address: SocketAddress
    private let filler: Int32

    init() throws {
      let listener = try Loopback.listener(backlog: 0)
      let address = try Loopback.address(of: listener)
      var dialer = Dialer([address])
      dialer.advance(to: .milliseconds(0))
      guard let first = try dialer.wait(atMost: .seconds(1)) else { throw ClientError.noAnswer("loopback") }
      self.listener = listener
      self.address = address
      filler = first.release()
    }

    deinit { close(filler) }
  }

  @Test func aSwallowedSynIsFollowedByOthersWhichAreGivenUp() throws {
    let swallower = try Swallower()
    var dialer = Dialer([swallower.address])
    var counts: [Int] = []
    for millisecond in stride(from: Int64(0), through: 6000, by: 25) {
      dialer.advance(to: .milliseconds(millisecond))
      counts.append(dialer.attemptCount)
    }
    #expect(counts[0] == 1 && counts[1] == 2 && counts[3] == 3 && counts[6] == 4 && counts[12] == 5)
    // Two seconds of patience, one attempt in 150 ms.
    let most = counts.max() ?? 0
    #expect((13...17).contains(most), "\(most) at once")
    #expect(counts.last ?? 99 <= 14)
    #expect(try dialer.wait(atMost: .milliseconds(30)) == nil)
    #expect(dialer.failures == "\(swallower.address): no answer")
  }

  @Test func theFirstAnswerWins() throws {
    let swallower = try Swallower()
    let listener = try Loopback.listener()
    var approach = Approach(
      to: [swallower.address, try Loopback.address(of: listener)], timeout: .seconds(5), elapsed: Self.clock())
    var knocks = 0
    let socket = try approach.connect { () throws(ClientError) in knocks += 1 }
    let served = Loopback.accept(listener)
    Loopback.writeAll([7], to: served.number)
    var byte: UInt8 = 0
    var polled = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
    #expect(unsafe poll(&polled, 1, 1000) == 1)
    #expect(unsafe read(socket.number, &byte, 1) == 1 && byte == 7)
    #expect(knocks == 1)
  }

  @Test func aDoorThatOpensLaterIsNotMissed() throws {
    let port = try Loopback.freePort()
    let address = Loopback.at(port)
    let clock = Self.clock()
    var approach = Approach(to: [address], timeout: .seconds(5), elapsed: clock)
    var knocks = 0
    var door: Int32 = -1
    // The door opens with the second knock, 250 ms after the first.
    let socket = try approach.connect { () throws(ClientError) in
      knocks += 1
      if knocks == 2 { door = (try? Loopback.listener(port: port))?.release() ?? -1 }
    }
    #expect(knocks == 2)
    #expect(clock() >= .milliseconds(250) && clock() < .seconds(3))
    #expect(socket.number >= 0)
    close(door)
  }

  @Test func theDeadlineEndsIt() throws {
    let address = Loopback.at(try Loopback.freePort())
    let clock = Self.clock()
    var approach = Approach(to: [address], timeout: .milliseconds(400), elapsed: clock)
    var knocks = 0
    var failure: ClientError?
    do throws(ClientError) {
      _ = try approach.connect { () throws(ClientError) in knocks += 1 }
    } catch {
      failure = error
    }
    #expect(failure == .noAnswer("no connection within 0.4 s: \(address): Connection refused"))
    #expect(failure?.exitCode == 75)
    #expect(knocks == 2)
    #expect(clock() >= .milliseconds(400) && clock() < .seconds(3))
  }

  private static func clock() -> () -> Timestamp.Span {
    let watch = Stopwatch()
    return { watch.elapsed }
  }
}
