// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternPlatform
import PosternWire
import Testing

@Suite struct EventLoopTests {
  @Test func readinessIsNamedByToken() throws {
    let pair = try SeqpacketPair()
    var loop = try EventLoop()
    try loop.add(pair.near.descriptor, token: .max)
    #expect(try loop.wait(milliseconds: 0) == 0)
    #expect(try [1, 2].withBytes { try pair.far.send($0) })
    #expect(try loop.wait(milliseconds: 1000) == 1)
    #expect(loop[0] == EventLoop.Event(token: .max, isReadable: true, isWritable: false, isClosed: false))
    try loop.change(pair.near.descriptor, token: 3, for: [.read, .write])
    #expect(try loop.wait(milliseconds: 1000) == 1)
    #expect(loop[0] == EventLoop.Event(token: 3, isReadable: true, isWritable: true, isClosed: false))
    try loop.remove(pair.near.descriptor)
    #expect(try loop.wait(milliseconds: 0) == 0)
  }

  @Test func aClosedPeerIsSeen() throws {
    let pair = try SeqpacketPair()
    let near = pair.keepNear()
    var loop = try EventLoop()
    try loop.add(near.descriptor, token: 1)
    #expect(try loop.wait(milliseconds: 1000) == 1)
    #expect(loop[0].isClosed && loop[0].isReadable)
  }

  @Test func moreEventsThanRoomComeLater() throws {
    let first = try SeqpacketPair()
    let second = try SeqpacketPair()
    var loop = try EventLoop(capacity: 1)
    try loop.add(first.near.descriptor, token: 1, for: .write)
    try loop.add(second.near.descriptor, token: 2, for: .write)
    var seen: Set<UInt64> = []
    for _ in 0..<4 where try loop.wait(milliseconds: 1000) == 1 { seen.insert(loop[0].token) }
    #expect(seen == [1, 2])
  }

  @Test func timersFireOnce() throws {
    let timer = try IntervalTimer()
    var loop = try EventLoop()
    try loop.add(timer.descriptor, token: 1)
    #expect(try !timer.acknowledge())
    try timer.arm(after: 0)
    #expect(try loop.wait(milliseconds: 1000) == 1)
    #expect(try timer.acknowledge())
    #expect(try loop.wait(milliseconds: 20) == 0)
    let before = SystemClock.monotonic()
    try timer.arm(after: 30_000_000)
    #expect(try loop.wait(milliseconds: 2000) == 1)
    #expect(SystemClock.monotonic() - before >= 30_000_000)
    try timer.arm(after: 1)
    try timer.disarm()
    #expect(try loop.wait(milliseconds: 20) == 0)
  }

  @Test func signalsAreRead() throws {
    let signals = try SignalSource([SIGUSR1, SIGWINCH])
    #expect(try signals.next() == nil)
    _ = pthread_kill(pthread_self(), SIGUSR1)
    _ = pthread_kill(pthread_self(), SIGWINCH)
    let both = [try signals.next(), try signals.next()]
    #expect(Set(both) == [SIGUSR1, SIGWINCH])
    #expect(try signals.next() == nil)
  }
}
