// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternExplain
import PosternKnock
import PosternWire
import Testing

/// Datagrams for Doorman, measured on the real doormand; what is expected of Postern stands in the file.
@Suite struct DoormanVectorTests {
  struct Case: Decodable, Sendable {
    let id: String
    let src: String
    let payloadText: String
    let ipHex: String
    let expected: String
  }

  private static func load() throws -> [Case] {
    struct Contents: Decodable { let cases: [Case] }
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let path = tests.appendingPathComponent("PosternProtocolsTests/Vectors/doorman/knocks.json")
    return try decoder.decode(Contents.self, from: Data(contentsOf: path)).cases
  }

  /// The vectors' guest list.
  private static let guests: [(name: String, group: String, ports: [Int], networks: [String], secret: String)] = [
    ("one", "foo", [22, 80], ["10.77.0.0/24"], "opensesame"),
    ("two", "bar", [22], ["10.77.0.3"], #"@}^&*A)_+]$!|7-[,=\>?{%<("#),
    ("three", "long64", [22, 443], ["10.77.0.2", "127.0.0.1"], String(String(repeating: "0123456789", count: 7).prefix(64))),
    ("four", "abcdefghijklmnopqrstuvwxyz012345", [65534], ["0.0.0.0/0"], "s"),
  ]

  private static let doors = [("ssh", 22), ("web", 80), ("tls", 443), ("high", 65534)]

  static func explainer() throws -> ConfiguredExplainer {
    let doors = doors.map { name, port in
      """
      [doors.\(name)]
      ports = ["tcp/\(port)"]
      lease = "10s"
      packet-source = true
      weakest = "keyed"
      allow-weak = "an observer can repeat these knocks"
      """
    }
    let keys = guests.map { guest in
      """
      [users.guests.keys.\(guest.name)]
      protocol = "doorman"
      port = 1033
      group = "\(guest.group)"
      secret = "\(guest.name).secret"
      ports = \(guest.ports)
      networks = \(guest.networks)
      """
    }
    let user = """
      [users.guests]
      doors = \(Self.doors.map(\.0))
      packet-source = true
      """
    return try ConfiguredExplainer(
      (doors + [user] + keys).joined(separator: "\n"),
      files: Dictionary(uniqueKeysWithValues: guests.map { ($0.name + ".secret", $0.secret) }))
  }

  @Test func vectors() throws {
    let cases = try Self.load()
    #expect(cases.count == 37)
    let explainer = try Self.explainer()
    for (place, vector) in cases.enumerated() {
      // Apart enough for the bucket of one key.
      let explanation = explainer.explain(try #require(Hex.decode(vector.ipHex)), prefix: "doorman", at: Int64(place) * 5000)
      #expect((explanation.opening != nil) == (vector.expected == "accept"), "\(vector.id): \(explanation.verdict)")
      guard let opening = explanation.opening else { continue }
      let port = vector.payloadText.prefix { $0 != " " }
      #expect(opening.changes.map(\.key) == ["\(vector.src) . tcp . \(port)"] && opening.seconds == 10, "\(vector.id)")
    }
  }

  /// Each refusal for its own reason.
  @Test(arguments: [
    ("replay", Denial.replay), ("replay-other-source", .replay), ("wrong-secret", .wrongTag), ("unknown-group", .unknownKey),
    ("port-not-listed", .serviceNotServed), ("address-not-listed", .sourceNotPermitted), ("double-space", .wrongTag),
    ("empty", .wrongLength), ("other-udp-port", .wrongTransport), ("source-port-matches", .wrongTransport),
    ("ip-options", .malformedHeaders), ("fragment", .fragment), ("bad-udp-checksum", .badChecksum),
    ("mac-key-swapped", .wrongTag),
  ])
  func reasons(_ id: String, _ denial: Denial) throws {
    let cases = try Self.load()
    let explainer = try Self.explainer()
    let (first, vector) = (try #require(cases.first), try #require(cases.first { $0.id == id }))
    _ = explainer.explain(try #require(Hex.decode(first.ipHex)), prefix: "doorman", at: 0)
    let bytes = try #require(Hex.decode(vector.ipHex))
    #expect(explainer.explain(bytes, prefix: "doorman", at: 5000).denial == denial)
  }

  /// What the guest list does not permit is spent: it opens nothing later, from nowhere.
  @Test func aRefusedKnockIsSpent() throws {
    let cases = try Self.load()
    let explainer = try Self.explainer()
    for id in ["port-not-listed", "address-not-listed"] {
      let vector = try #require(cases.first { $0.id == id })
      let bytes = try #require(Hex.decode(vector.ipHex))
      #expect(explainer.explain(bytes, prefix: "doorman", at: 0).denial != .replay)
      #expect(explainer.explain(bytes, prefix: "doorman", at: 9_000).denial == .replay, "\(id)")
    }
  }

  /// A Doorman knock never grows old, and is never forgotten.
  @Test func replaysAreRefusedAfterYears() throws {
    let explainer = try Self.explainer()
    let vector = try #require(try Self.load().first)
    let bytes = try #require(Hex.decode(vector.ipHex))
    #expect(explainer.explain(bytes, prefix: "doorman", at: 0).opening != nil)
    for years in Int64(1)...20 {
      #expect(explainer.explain(bytes, prefix: "doorman", at: years * 31_536_000_000).denial == .replay)
    }
  }
}
