// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternCapture
import PosternPlatform
import PosternWire
import Testing

/// The kernel's side, in networks of their own. The rules are iptables-nft's, which works where nft's `queue` is missing.
@Suite(.enabled(if: QueueRules.areAvailable, "needs iptables-nft (package iptables) and NFQUEUE"))
struct QueueSourceTests {
  /// A queue with its source, and a socket behind it that says what came through.
  private final class Bench {
    var source: QueueSource
    let receiver: Int32
    let configuration = QueueConfiguration(queue: 5)

    init(longest: UInt32? = nil) throws {
      try QueueRules.load()
      let socket = try NetlinkSocket()
      var configuration = QueueConfiguration(queue: 5)
      if let longest { configuration.longest = longest }
      try configuration.bind(on: socket)
      source = QueueSource(socket)
      receiver = Glibc.socket(AF_INET6, Int32(SOCK_DGRAM.rawValue), 0)
      var off: Int32 = 0
      _ = unsafe setsockopt(receiver, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, 4)
      var any = sockaddr_in6()
      any.sin6_family = sa_family_t(AF_INET6)
      any.sin6_port = UInt16(4000).bigEndian
      let bound = unsafe withUnsafePointer(to: &any) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe Glibc.bind(receiver, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
      }
      guard bound == 0 else { throw NetworkNamespace.Refused() }
    }

    deinit { close(receiver) }

    func send(_ address: String = "127.0.0.1", _ payload: [UInt8] = [1]) {
      _ = unsafe support_send_udp(address, 4000, payload, payload.count, 0)
    }

    /// The ids and sources of packets that the kernel has told of.
    func read() throws -> [(id: UInt32, queue: UInt16, hook: UInt8, headers: [UInt8])] {
      var seen: [(id: UInt32, queue: UInt16, hook: UInt8, headers: [UInt8])] = []
      while try source.receive() {
        source.forEachPacket { seen.append(($0.id, $0.queue, $0.hook, $0.headers.copied())) }
      }
      return seen
    }

    /// How many datagrams came through.
    func delivered() -> Int {
      var buffer = [UInt8](repeating: 0, count: 2048)
      var count = 0
      while unsafe recv(receiver, &buffer, buffer.count, Int32(MSG_DONTWAIT)) >= 0 { count += 1 }
      return count
    }

    /// Packets in the kernel's queue.
    var waiting: Int {
      let text = (try? String(contentsOfFile: "/proc/thread-self/net/netfilter/nfnetlink_queue", encoding: .utf8)) ?? ""
      let columns = text.split(separator: "\n").first?.split(separator: " ") ?? []
      return columns.count > 2 ? Int(columns[2]) ?? -1 : -1
    }

    func give(_ verdict: Verdict, to id: UInt32) throws { try configuration.give(verdict, to: id, on: source.socket) }
  }

  @Test(arguments: ["127.0.0.1", "::1"]) func packetsWaitForTheirVerdict(_ address: String) throws {
    let (seen, before, after, counters, errors) = try NetworkNamespace.run {
      let bench = try Bench()
      bench.send(address, [UInt8](repeating: 9, count: 1000))
      bench.send(address)
      let seen = try bench.read()
      let before = bench.delivered()
      try bench.give(.accept, to: seen[0].id)
      try bench.give(.drop, to: seen[1].id)
      return (seen, before, bench.delivered(), bench.source.counters, bench.source.verdictErrors)
    }
    #expect(seen.map(\.queue) == [5, 5] && seen.map(\.hook) == [1, 1] && seen[1].id == seen[0].id + 1)
    #expect(seen[0].headers.count == 128, "headers only")
    #expect(seen[0].headers.first.map { $0 >> 4 } == (address == "::1" ? 6 : 4))
    #expect(before == 0 && after == 1)
    #expect(counters.packets == 2 && errors == 0)
  }

  @Test func verdictsForPacketsThatAreNotThereAreCounted() throws {
    let (errors, other) = try NetworkNamespace.run {
      let bench = try Bench()
      for id in [0, 1, 7, .max] as [UInt32] { try bench.give(.accept, to: id) }
      _ = try bench.read()
      return (bench.source.verdictErrors, bench.source.counters.otherMessages)
    }
    #expect(errors == 4 && other == 0)
  }

  /// From another socket the kernel takes no verdict, and from a process without the capability none from any.
  @Test func onlyTheKeeperOnItsSocketDecides() throws {
    let (foreign, powerless, delivered) = try NetworkNamespace.run {
      let bench = try Bench()
      bench.send()
      let id = try bench.read()[0].id
      let other = QueueSource(try NetlinkSocket())
      try bench.configuration.give(.accept, to: id, on: other.socket)
      var foreign = other
      _ = try foreign.receive()
      foreign.forEachPacket { _ in }
      guard ctest_set_net_admin(false) == 0 else { throw NetworkNamespace.Refused() }
      try? bench.give(.accept, to: id)
      guard ctest_set_net_admin(true) == 0 else { throw NetworkNamespace.Refused() }
      _ = try bench.read()
      return (foreign.verdictErrors, bench.source.verdictErrors, bench.delivered())
    }
    #expect(foreign == 1 && powerless == 1 && delivered == 0)
  }

  /// Read and not read; ids far from zero too, since the queue counts on.
  @Test func allAreDroppedAtOnce() throws {
    let (before, after, later, delivered) = try NetworkNamespace.run {
      let bench = try Bench()
      for _ in 0..<5 { bench.send() }
      _ = try bench.read()
      for _ in 0..<5 { bench.send() }
      let before = bench.waiting
      try bench.configuration.dropAll(on: bench.source.socket)
      let after = bench.waiting
      bench.send()
      for packet in try bench.read().suffix(1) { try bench.give(.accept, to: packet.id) }
      return (before, after, bench.waiting, bench.delivered())
    }
    #expect(before == 10 && after == 0 && later == 0 && delivered == 1)
  }

  /// No fail-open: what finds no room is dropped.
  @Test func aFullQueueDrops() throws {
    let (waiting, delivered) = try NetworkNamespace.run {
      let bench = try Bench(longest: 4)
      for _ in 0..<10 { bench.send() }
      for packet in try bench.read() { try bench.give(.accept, to: packet.id) }
      return (bench.waiting, bench.delivered())
    }
    #expect(waiting == 0 && delivered == 4)
  }

  /// The last copy of the socket closes: the kernel drops what waits, and a rule without a reader drops too.
  @Test func withoutAReaderPacketsAreDropped() throws {
    let (taken, delivered) = try NetworkNamespace.run {
      let bench = try Bench()
      bench.send()
      let other = try NetlinkSocket()
      var taken: CaptureError?
      do throws(CaptureError) { try bench.configuration.bind(on: other, retryingFor: 0) } catch { taken = error }
      bench.source = QueueSource(try NetlinkSocket())
      bench.send()
      return (taken, bench.delivered())
    }
    #expect(taken == .queueTaken(5) && taken?.description == "NFQUEUE 5 has another owner")
    #expect(delivered == 0)
  }
}

/// Rules that queue datagrams to port 4000, of both families.
private enum QueueRules {
  static let areAvailable = (try? NetworkNamespace.run { try load() }) != nil

  static func load() throws {
    let words = "-w -A INPUT -p udp --dport 4000 -j NFQUEUE --queue-num 5".split(separator: " ").map(String.init)
    for program in ["/usr/sbin/iptables-nft", "/usr/sbin/ip6tables-nft"] {
      guard try SpawnedProcess(program, arguments: words, descriptors: [.init(standard: 2)]).wait() == .exited(0) else {
        throw NetworkNamespace.Refused()
      }
    }
  }
}
