// SPDX-License-Identifier: Apache-2.0
internal import PosternClient
internal import PosternKnock
internal import PosternPlatform
internal import PosternProtocols
internal import PosternWire

/// Sends one fresh knock after another from the client's namespace, each for an address of its own, and notes when each left.
struct KnockTrain: Sendable {
  let profilePath: String
  let count: Int
  let interval: Timestamp.Span

  /// Runs on a thread of its own, which stays in the namespace; the times at which the datagrams were handed to the kernel.
  func run(in namespace: String) throws(BenchFailure) -> [UInt64] {
    do throws(PlatformError) {
      try NetworkNamespace.enter(named: namespace)
    } catch {
      throw BenchFailure(error.description)
    }
    do throws(ClientError) {
      return try send()
    } catch {
      throw BenchFailure(error.description)
    }
  }

  private func send() throws(ClientError) -> [UInt64] {
    let profile = try Profile(path: profilePath)
    let encoder = try profile.encoder()
    let gateway = try gateway(of: profile)
    let socket = try UDPSocket(gateway.address.family)
    // Beside the profile: the lab's knocks leave the user's own stamps alone.
    let stamps = StampFile(path: profilePath + ".bench-stamp")
    // Made before the first is sent: making one costs three curve operations, and the gateway shares this machine's cores.
    let datagrams = try (0..<count).map { index throws(ClientError) in
      try wish(index, profile).datagram(encoder, stamp: stamps.next(now: SystemClock.now()))
    }
    let watch = Stopwatch()
    var times: [UInt64] = []
    times.reserveCapacity(count)
    for (index, datagram) in datagrams.enumerated() {
      watch.sleep(until: Timestamp.Span(nanoseconds: interval.nanoseconds * Int64(index)))
      times.append(SystemClock.monotonic())
      try socket.send(datagram, to: gateway)
    }
    return times
  }

  private func wish(_ index: Int, _ profile: Profile) throws(ClientError) -> KnockWish {
    let sources = SourceAddresses(ipv4: .named(BenchAddresses.address(index), port: nil), ipv6: .none)
    return try KnockWish(.open, door: profile.door, lease: profile.lease ?? 0, sources: sources)
  }

  private func gateway(of profile: Profile) throws(ClientError) -> SocketAddress {
    guard let host = profile.gateways.first else { throw .usage("the profile names no gateway") }
    let found = try HostResolver.addresses(of: host, port: profile.port, families: [.ipv4, .ipv6])
    guard let first = found.first else { throw .unknownHost(host, reason: "has no address") }
    return first
  }
}
