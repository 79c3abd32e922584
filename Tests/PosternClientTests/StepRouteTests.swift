// SPDX-License-Identifier: Apache-2.0
import PosternClient
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct StepRouteTests {
  static let routes: [(name: String, step: KnockStep, route: StepRoute)] = [
    ("a datagram", .udp(7000, [0]), .datagram),
    ("from a port", KnockStep(.udp(source: Port(4000)), port: 7000), .datagram),
    ("with a hop limit", KnockStep(.udp(source: nil), port: 7000, ip: .init(hopLimit: 9)), .datagram),
    ("a chosen identification", KnockStep(.udp(source: nil), port: 7000, ip: .init(identification: 7)), .packet),
    ("another source", KnockStep(.udp(source: nil), port: 7000, ip: .init(source: .v4(IPv4Address(1)))), .packet),
    ("a connect", .connect(7000), .connect),
    ("an ordinary SYN", KnockStep(.tcp(.init()), port: 7000), .connect),
    ("a SYN with data", KnockStep(.tcp(.init()), port: 7000, payload: [1]), .segment),
    ("a sequence number", KnockStep(.tcp(.init(sequence: 17)), port: 1022), .segment),
    ("another flag", KnockStep(.tcp(.init(flags: .ack)), port: 1022), .segment),
    ("a stream", KnockStep(.stream, port: 80, payload: [1]), .stream),
    ("an echo request", .echo(), .ping),
    ("an echo request with a number", KnockStep(.icmp(.init(sequence: 9)), port: 0), .ping),
    ("another identifier", KnockStep(.icmp(.init(identifier: 9)), port: 0), .message),
    ("another type", KnockStep(.icmp(.init(type: 13)), port: 0), .message),
    ("another code", KnockStep(.icmp(.init(code: 1)), port: 0), .message),
  ]

  @Test(arguments: routes.indices)
  func plainest(_ index: Int) {
    let row = Self.routes[index]
    #expect(StepRoute(row.step) == row.route, "\(row.name)")
  }

  private static func refusal(_ steps: [KnockStep]) -> String? {
    do throws(ClientError) {
      try StepBounds.check(steps)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func bounds() {
    let pause = Timestamp.Span.seconds(60)
    #expect(Self.refusal([]) == "the knock has no packets")
    #expect(Self.refusal([KnockStep](repeating: .connect(1), count: StepBounds.steps)) == nil)
    #expect(Self.refusal([KnockStep](repeating: .connect(1), count: StepBounds.steps + 1)) == "a knock has at most 1024 packets")
    #expect(Self.refusal([.connect(1, pause: pause), .connect(2, pause: pause)]) == nil)
    let long = Timestamp.Span(nanoseconds: pause.nanoseconds + 1)
    #expect(Self.refusal([.connect(1, pause: pause), .connect(2, pause: long)])?.contains("at most 120.0 s") == true)
    #expect(Self.refusal([.connect(1, pause: Timestamp.Span(nanoseconds: -1))]) != nil)
    #expect(Self.refusal([.connect(1, pause: Timestamp.Span(nanoseconds: .max)), .connect(2, pause: pause)]) != nil)
    #expect(Self.refusal([.udp(1, [UInt8](repeating: 0, count: StepBounds.payload))]) == nil)
    #expect(Self.refusal([.udp(1, [UInt8](repeating: 0, count: StepBounds.payload + 1))]) == "a packet of the knock is too long")
    #expect(
      Self.refusal([KnockStep(.stream, port: 80, ip: .init(source: .v4(IPv4Address(1))))])
        == "a connection cannot choose its IP header")
  }
}
