// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternPlatform
package import PosternProtocols
internal import PosternWire

/// Sends the packets of one knock, in order and with their pauses, to one address of a gateway.
///
/// Sockets that need a right are opened before the first packet leaves: a knock goes out whole or not at all.
package struct StepSender: ~Copyable {
  private let gateway: SocketAddress
  private let steps: [KnockStep]
  private let pings: SegmentPath?
  private let segments: SegmentPath?
  private let messages: SegmentPath?
  private let packets: PacketPath?

  /// The port of `gateway` does not matter: each step has its own. Throws ``ClientError/notPermitted(_:)`` where the knock needs what
  /// this user may not do, and ``ClientError/usage(_:)`` for a knock that nothing can send.
  package init(_ steps: [KnockStep], to gateway: SocketAddress) throws(ClientError) {
    try StepBounds.check(steps)
    let routes = Set(steps.map { StepRoute($0) })
    let family = gateway.address.family
    let pings = routes.contains(.ping) ? try SegmentPath(StepSocket.ping(family), to: gateway) : nil
    let segments = routes.contains(.segment) ? try SegmentPath(StepSocket.segment(family), to: gateway) : nil
    let messages = routes.contains(.message) ? try SegmentPath(StepSocket.message(family), to: gateway) : nil
    let packets = routes.contains(.packet) ? try PacketPath(StepSocket.packet(family), to: gateway) : nil
    self.gateway = gateway
    self.steps = steps
    self.pings = pings
    self.segments = segments
    self.messages = messages
    self.packets = packets
  }

  /// Sends it all; blocks for as long as the pauses take.
  package func send() throws(ClientError) {
    let watch = Stopwatch()
    var due = Timestamp.Span(nanoseconds: 0)
    for step in steps {
      watch.sleep(until: due)
      try send(step)
      due = Timestamp.Span(nanoseconds: watch.elapsed.nanoseconds + step.pause.nanoseconds)
    }
  }

  private func send(_ step: KnockStep) throws(ClientError) {
    switch StepRoute(step) {
    case .datagram: try sendDatagram(step)
    case .connect: try SynAttempt.send(to: target(step), hopLimit: step.ip.hopLimit)
    case .stream: try DataStream.send(step.payload, to: target(step), hopLimit: step.ip.hopLimit)
    case .ping: try Self.send(step, by: pings)
    case .segment: try Self.send(step, by: segments)
    case .message: try Self.send(step, by: messages)
    case .packet: try packets?.send(step, chance: .draw())
    }
  }

  private func sendDatagram(_ step: KnockStep) throws(ClientError) {
    guard case .udp(let source) = step.transport else { return }
    let socket = try UDPSocket(gateway.address.family, source: source)
    try socket.setHopLimit(step.ip.hopLimit, gateway.address.family)
    try socket.send(step.payload, to: target(step))
  }

  private static func send(_ step: KnockStep, by path: borrowing SegmentPath?) throws(ClientError) {
    let chance = try StepChance.draw()
    try path?.send(hopLimit: step.ip.hopLimit) { step.packet($0, chance: chance) }
  }

  private func target(_ step: KnockStep) throws(ClientError) -> SocketAddress {
    guard let port = Port(step.port) else { throw .usage("port 0 can only be knocked at by a packet with chosen fields") }
    var target = gateway
    target.port = port
    return target
  }
}
