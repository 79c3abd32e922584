// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternExplain
import PosternKnock
import PosternWire
import Testing

/// One packet of the real hping3 each, explained with the configuration that `nft/examples/header-trigger.nft` shows.
@Suite struct HeaderVectorTests {
  struct Case: Decodable, Sendable {
    struct Packet: Decodable, Sendable { let ipHex: String }

    struct Expected: Decodable, Sendable {
      struct Open: Decodable, Sendable {
        let src: String
        let port: Int
        let seconds: UInt32
      }

      let trigger: Bool
      let open: Open?
      let otherReadings: [String: Int?]?
    }

    let id: String
    let packet: Packet
    let expected: Expected

    var bytes: [UInt8] { get throws { try #require(Hex.decode(packet.ipHex)) } }
  }

  private static func load() throws -> [Case] {
    struct Contents: Decodable { let cases: [Case] }
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let path = tests.appendingPathComponent("PosternProtocolsTests/Vectors/poc-header-trigger/hping3.json")
    return try decoder.decode(Contents.self, from: Data(contentsOf: path)).cases
  }

  /// One door a port that the vectors ask for.
  private static func explainer(opens: String, allowed: String = "") throws -> ConfiguredExplainer {
    let ports = [22, 443, 999, 4022, 9022, 9999]
    let doors = ports.map { port in
      """
      [doors.p\(port)]
      ports = ["tcp/\(port)"]
      lease = "10s"
      packet-source = true
      weakest = "plain"
      allow-weak = "an observer can repeat these knocks"
      """
    }
    let rest = """
      [users.anybody]
      doors = \(ports.map { "p\($0)" })
      packet-source = true
      [users.anybody.keys.seventeen]
      protocol = "header"
      sequence = 17
      port = "1000-10999"
      opens = \(opens)
      \(allowed)
      """
    return try ConfiguredExplainer((doors + [rest]).joined(separator: "\n"))
  }

  @Test func vectors() throws {
    let cases = try Self.load()
    #expect(cases.count == 15)
    let explainer = try Self.explainer(opens: "\"strip10\"")
    for (place, vector) in cases.enumerated() {
      let explanation = explainer.explain(try vector.bytes, prefix: "header", at: Int64(place) * 20_000)
      #expect((explanation.opening != nil) == vector.expected.trigger, "\(vector.id): \(explanation.verdict)")
      let open = vector.expected.open
      #expect(explanation.opening?.changes.map(\.key) == open.map { ["\($0.src) . tcp . \($0.port)"] }, "\(vector.id)")
      #expect(explanation.opening?.seconds == open?.seconds, "\(vector.id)")
    }
  }

  @Test func subtracting() throws {
    let explainer = try Self.explainer(opens: "\"subtract1000\"")
    for (place, vector) in try Self.load().enumerated() {
      guard case let port?? = vector.expected.otherReadings?["subtract-1000"] else { continue }
      let explanation = explainer.explain(try vector.bytes, prefix: "header", at: Int64(place) * 20_000)
      #expect(explanation.opening?.changes.map(\.key) == ["10.77.0.2 . tcp . \(port)"], "\(vector.id): \(explanation.verdict)")
    }
  }

  @Test func onlyAllowedPorts() throws {
    let explainer = try Self.explainer(opens: #"["1022=22", "10999=999"]"#, allowed: "allowed = [22]")
    let opened = try Self.load().filter { explainer.explain(try $0.bytes, prefix: "header", at: 0).opening != nil }
    #expect(opened.map(\.id) == ["seed-1022", "other-source", "with-data"])
  }

  /// Nothing is remembered: the same packet opens again, and refreshes the lease.
  @Test func aRepetitionOpensAgain() throws {
    let explainer = try Self.explainer(opens: "\"strip10\"")
    let vector = try #require(try Self.load().first)
    let bytes = try vector.bytes
    for second in 0..<3 as Range<Int64> {
      #expect(explainer.explain(bytes, prefix: "header", at: second * 1000).opening?.seconds == 10)
    }
  }
}
