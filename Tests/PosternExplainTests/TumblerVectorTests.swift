// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternExplain
import PosternKnock
import PosternWire
import Testing

/// tumbler's datagrams of Postern's own definition, explained: one key opens, another closes.
@Suite struct TumblerVectorTests {
  struct Case: Decodable, Sendable {
    let id: String
    let time: String
    let source: String
    let secret: String
    let payload: String

    /// Milliseconds after the explainer's start.
    var moment: Int64 {
      get throws {
        let time = try #require(Timestamp(rfc3339: time.dropLast() + ":00Z"))
        return (time - ConfiguredExplainer.start).nanoseconds / 1_000_000
      }
    }
  }

  private static func load() throws -> [Case] {
    struct Contents: Decodable { let cases: [Case] }
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let path = tests.appendingPathComponent("PosternProtocolsTests/Vectors/tumbler/definition.json")
    return try JSONDecoder().decode(Contents.self, from: Data(contentsOf: path)).cases
  }

  private static func explainer() throws -> ConfiguredExplainer {
    try ConfiguredExplainer(
      """
      [doors.ssh]
      ports = ["tcp/22"]
      weakest = "keyed"
      allow-weak = "an observer can repeat these knocks"
      [users.jgc]
      doors = ["ssh"]
      [users.jgc.keys.open]
      protocol = "tumbler"
      secret = "open.secret"
      [users.jgc.keys.close]
      protocol = "tumbler"
      secret = "close.secret"
      does = "close"
      """, files: ["open.secret": "open-pAsSwOrD", "close.secret": "close-pAsSwOrD"])
  }

  private func packet(_ vector: Case, from source: String? = nil) throws -> [UInt8] {
    let (client, gateway) = (try #require(IPAddress(source ?? vector.source)), try #require(IPAddress("10.77.0.1")))
    return try #require(PacketBuilder(from: client, to: gateway)).udp(from: 7, to: 8675, payload: Array(vector.payload.utf8))
  }

  @Test func vectors() throws {
    let cases = try Self.load()
    #expect(cases.count == 4)
    for vector in cases {
      let explainer = try Self.explainer()
      let explanation = explainer.explain(try packet(vector), prefix: "tumbler", at: try vector.moment)
      if vector.id == "close-secret" {
        #expect(explanation.verdict == .closed([], []), "\(vector.id)")
      } else {
        #expect(
          explanation.opening?.changes.map(\.key) == ["\(vector.source) . tcp . 22"], "\(vector.id): \(explanation.verdict)")
      }
    }
  }

  @Test func onceWithinTheTolerance() throws {
    let explainer = try Self.explainer()
    let vector = try #require(try Self.load().first)
    let moment = try vector.moment
    let (own, other) = (try packet(vector), try packet(vector, from: "10.77.0.9"))
    #expect(explainer.explain(own, prefix: "tumbler", at: moment - 60_000).opening != nil)
    for later in [0, 30_000, 119_999] as [Int64] {
      #expect(explainer.explain(own, prefix: "tumbler", at: moment + later).denial == .replay)
      #expect(explainer.explain(other, prefix: "tumbler", at: moment + later).denial == .wrongTag)
    }
    #expect(explainer.explain(own, prefix: "tumbler", at: moment + 120_000).denial == .wrongTag)
  }

  /// An open and then a close take the lease away again.
  @Test func aCloseClosesWhatAnOpenOpened() throws {
    let explainer = try Self.explainer()
    let cases = try Self.load()
    let open = try #require(cases.first { $0.id == "docs-secret" })
    let close = try #require(cases.first { $0.id == "close-secret" })
    let (begin, packet) = (try open.moment, try packet(open))
    #expect(explainer.explain(packet, prefix: "tumbler", at: begin).opening != nil)
    let closed = explainer.explain(try self.packet(close), prefix: "tumbler", at: begin + 1000)
    guard case .closed(let leases, _) = closed.verdict else {
      Issue.record("not closed: \(closed.verdict)")
      return
    }
    #expect(leases.count == 1)
  }
}
