// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternCapture
import PosternPlatform
import PosternWire
import Testing

/// The kernel's side, in networks of their own.
@Suite(.enabled(if: NetworkNamespace.isAvailable, NetworkNamespace.needs))
struct LogSourceTests {
  private static let ruleset = """
    table inet t {
      chain c {
        type filter hook prerouting priority raw; policy accept;
        udp dport 62201 log prefix "spa" group 5
        udp dport 62202 log prefix "spa:two" group 6
      }
    }
    """

  private struct Seen: Hashable, Sendable {
    var group: UInt16
    var prefix: String
    var hook: UInt8
    var hasInterface: Bool
    var source: String
    var sourcePort: UInt16
    var destination: String
    var destinationPort: UInt16
    var payload: [UInt8]
    var flaw: PacketFlaw?

    init(_ packet: borrowing CapturedPacket) {
      group = packet.group
      prefix = String(decoding: packet.prefix.copied(), as: UTF8.self)
      hook = packet.hook
      hasInterface = packet.inputInterface != 0
      source = ""
      sourcePort = 0
      destination = ""
      destinationPort = 0
      payload = []
      do throws(PacketFlaw) {
        let view = try PacketView(packet.payload)
        source = view.source.description
        sourcePort = view.transport.sourcePort
        destination = view.destination.description
        destinationPort = view.transport.destinationPort
        payload = view.payload.copied()
      } catch {
        flaw = error
      }
    }
  }

  /// Receives until nothing came for a while.
  private static func drain(_ source: inout LogSource) throws(PlatformError) -> [Seen] {
    var seen: [Seen] = []
    var loop = try EventLoop()
    try loop.add(source.socket.descriptor, token: 1)
    while try loop.wait(milliseconds: 150) > 0 {
      while try source.receive() { source.forEachPacket { seen.append(Seen($0)) } }
    }
    return seen
  }

  private static func opened(bufferSize: Int = LogSource.bufferSize, groups: [UInt16] = [5, 6]) throws -> LogSource {
    try NetworkNamespace.load(ruleset)
    let socket = try NetlinkSocket()
    for group in groups { try LogConfiguration(group: group).bind(on: socket) }
    return LogSource(socket, bufferSize: bufferSize)
  }

  private static func send(_ address: String, _ port: UInt16, _ payload: [UInt8], segment: CInt = 0) -> UInt16 {
    UInt16(truncatingIfNeeded: unsafe support_send_udp(address, port, payload, payload.count, segment))
  }

  @Test(arguments: ["127.0.0.1", "::1"])
  func knocksArriveAsTheyWereSent(_ address: String) throws {
    let payload = (0..<184).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let (seen, ports, counters) = try NetworkNamespace.run {
      var source = try Self.opened()
      let ports = [Self.send(address, 62201, payload), Self.send(address, 62202, [9]), Self.send(address, 62203, [1])]
      return (try Self.drain(&source), ports, source.counters)
    }
    try #require(seen.count == 2)
    #expect(seen[0].group == 5 && seen[0].prefix == "spa" && seen[0].payload == payload && seen[0].sourcePort == ports[0])
    #expect(seen[1].group == 6 && seen[1].prefix == "spa:two" && seen[1].payload == [9] && seen[1].sourcePort == ports[1])
    #expect(
      seen.map(\.destinationPort) == [62201, 62202] && seen.allSatisfy { $0.flaw == nil && $0.hook == 0 && $0.hasInterface })
    #expect(seen.allSatisfy { $0.source == address && $0.destination == address })
    #expect(counters.packets == 2 && counters.lostBySequence == 0 && counters.otherMessages == 0)
  }

  /// One send, three datagrams, cut up late: the packet carries only the pseudo-header sum.
  @Test(arguments: ["127.0.0.1", "::1"])
  func offloadedPacketsAreRead(_ address: String) throws {
    let payload = [UInt8](repeating: 3, count: 300)
    let seen = try NetworkNamespace.run {
      var source = try Self.opened()
      _ = Self.send(address, 62201, payload, segment: 100)
      return try Self.drain(&source)
    }
    #expect(seen.allSatisfy { $0.flaw == nil })
    #expect(seen.flatMap(\.payload) == payload)
  }

  @Test func lossesAreCountedAndTheSourceGoesOn() throws {
    let total: UInt64 = 400
    let (packets, counters) = try NetworkNamespace.run {
      var source = try Self.opened()
      // the first packet sets the count, the last shows the gap
      _ = Self.send("127.0.0.1", 62201, [1])
      var packets = try Self.drain(&source).count
      _ = support_set_receive_buffer(source.socket.descriptor.number, 4096)
      for _ in 0..<total { _ = Self.send("127.0.0.1", 62201, [2]) }
      packets += try Self.drain(&source).count
      _ = Self.send("127.0.0.1", 62201, [3])
      packets += try Self.drain(&source).count
      return (packets, source.counters)
    }
    #expect(counters.overruns > 0 && counters.lostBySequence > 0)
    #expect(UInt64(packets) + counters.lostBySequence == total + 2)
    #expect(counters.packets == UInt64(packets))
  }

  @Test func batchesComeInOneDatagram() throws {
    let (seen, counters) = try NetworkNamespace.run {
      var source = try Self.opened()
      try LogConfiguration(group: 5).change(to: .busy, on: source.socket)
      for index in 0..<10 { _ = Self.send("127.0.0.1", 62201, [UInt8(index)]) }
      return (try Self.drain(&source), source.counters)
    }
    #expect(seen.map(\.payload) == (0..<10).map { [UInt8($0)] })
    #expect(counters.datagrams < 10 && counters.otherMessages == 0 && counters.lostBySequence == 0)
  }

  @Test func longDatagramsAreCountedAsCut() throws {
    let counters = try NetworkNamespace.run {
      var source = try Self.opened(bufferSize: 200)
      _ = Self.send("127.0.0.1", 62201, [UInt8](repeating: 1, count: 500))
      _ = try Self.drain(&source)
      return source.counters
    }
    #expect(counters.truncated == 1 && counters.packets == 0)
  }

  /// Longer than the copy range: cut by the kernel, so its lengths lie.
  @Test func longPacketsAreRefused() throws {
    let seen = try NetworkNamespace.run {
      var source = try Self.opened()
      _ = Self.send("127.0.0.1", 62201, [UInt8](repeating: 1, count: 4000))
      return try Self.drain(&source)
    }
    #expect(seen.map(\.flaw) == [.malformed])
  }

  @Test func foreignDatagramsAreIgnored() throws {
    let forged: [UInt8] = [28, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 5, 5, 0, 9, 0, 0x45, 0, 0, 0]
    // as the kernel's it would be a packet
    var ledger = CaptureLedger()
    forged.withBytes { ledger.walk($0) { _ in } }
    #expect(ledger.counters.packets == 1)
    let (seen, sent, counters) = try NetworkNamespace.run {
      var source = try Self.opened()
      let port = support_netlink_port(source.socket.descriptor.number)
      let sent = unsafe support_netlink_send(port, forged, forged.count)
      return (try Self.drain(&source), sent, source.counters)
    }
    #expect(sent == CInt(forged.count))
    #expect(seen.isEmpty && counters.foreignSenders == 1 && counters.datagrams == 0)
  }

  @Test func aSecondOwnerIsToldSo() throws {
    let (error, waited) = try NetworkNamespace.run {
      let first = try Self.opened(groups: [5])
      let second = try NetlinkSocket()
      let start = SystemClock.monotonic()
      var found: CaptureError?
      do throws(CaptureError) {
        try LogConfiguration(group: 5).bind(on: second, retryingFor: 200)
      } catch {
        found = error
      }
      _ = first.counters
      return (found, SystemClock.monotonic() - start)
    }
    #expect(error == .groupTaken(5) && error?.description == "NFLOG group 5 has another owner")
    #expect(waited >= 200_000_000 && waited < 1_500_000_000)
  }

  @Test func aGroupThatBecomesFreeIsTaken() throws {
    let seen = try NetworkNamespace.run {
      let first = try NetlinkSocket()
      try LogConfiguration(group: 5).bind(on: first)
      let copy = try first.descriptor.duplicated().release()
      _ = consume first
      Thread {
        usleep(200_000)
        _ = OwnedDescriptor(owning: copy).number
      }.start()
      var source = try Self.opened(groups: [5])
      _ = Self.send("127.0.0.1", 62201, [7])
      return try Self.drain(&source)
    }
    #expect(seen.map(\.payload) == [[7]])
  }

  @Test func bindingTwiceFromOneSocketIsNoError() throws {
    let seen = try NetworkNamespace.run {
      var source = try Self.opened(groups: [5, 5])
      _ = Self.send("127.0.0.1", 62201, [7])
      return try Self.drain(&source)
    }
    #expect(seen.count == 1)
  }

  @Test func anInheritedSocketGoesOn() throws {
    let seen = try NetworkNamespace.run {
      let keeper = try Self.opened(groups: [5])
      var gate = LogSource(try NetlinkSocket(adopting: keeper.socket.descriptor.duplicated()))
      _ = Self.send("127.0.0.1", 62201, [7])
      return try Self.drain(&gate)
    }
    #expect(seen.map(\.payload) == [[7]])
  }

  @Test func onlyNetfilterSocketsAreAdopted() throws {
    let pair = try SeqpacketPair()
    #expect(throws: PlatformError("adopt netfilter socket", EPROTOTYPE)) {
      try NetlinkSocket(adopting: pair.near.descriptor.duplicated()).receiveBuffer
    }
    #expect(try NetlinkSocket().receiveBuffer >= 2 << 20)
  }
}
