// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternExplain
import PosternWire
import Testing

/// Packets for cd00r, decided as its source decides: with one state for everybody and without an end of waiting.
@Suite struct Cd00rVectorTests {
  struct Case: Decodable, Sendable {
    struct Options: Decodable, Sendable {
      let codeReset: Bool
      let senderAddr: Bool
      let address: String?
    }

    struct Packet: Decodable, Sendable {
      let ipHex: String
    }

    let id: String
    let options: Options
    let packets: [Packet]
    let opensAfter: [Int]
  }

  private struct Contents: Decodable {
    let ports: [Int]
    let cases: [Case]
  }

  private static func load() throws -> Contents {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let path = tests.appendingPathComponent("PosternProtocolsTests/Vectors/cd00r/sequences.json")
    return try decoder.decode(Contents.self, from: Data(contentsOf: path))
  }

  private static func configuration(_ options: Case.Options, _ ports: [Int], state: String) -> String {
    """
    [doors.ssh]
    ports = ["tcp/22"]
    packet-source = true
    weakest = "plain"
    allow-weak = "an observer can repeat these knocks"
    [users.somebody]
    doors = ["ssh"]
    packet-source = true
    [users.somebody.keys.code]
    protocol = "cd00r"
    sequence = \(ports.map { "tcp/\($0)" })
    timeout = "0s"
    reset = \(options.codeReset)
    \(options.address.map { "target = \"\($0)\"" } ?? "")
    \(state)
    """
  }

  private func opened(_ vector: Case, _ ports: [Int], state: String) throws -> [Int] {
    let explainer = try ConfiguredExplainer(Self.configuration(vector.options, ports, state: state))
    return try vector.packets.indices.filter { index in
      let bytes = try #require(Hex.decode(vector.packets[index].ipHex))
      let explanation = explainer.explain(bytes, prefix: "cd00r", at: Int64(index))
      guard let opening = explanation.opening else { return false }
      #expect(opening.changes.map(\.key) == ["10.77.0.2 . tcp . 22"], "\(vector.id)")
      return true
    }
  }

  @Test func vectors() throws {
    let contents = try Self.load()
    #expect(contents.cases.count == 16)
    for vector in contents.cases {
      let state = "global-state = true\nsame-sender = \(vector.options.senderAddr)"
      #expect(try opened(vector, contents.ports, state: state) == vector.opensAfter, "\(vector.id)")
    }
  }

  /// With states of their own, other senders change nothing; all else is the same.
  @Test func perSource() throws {
    let contents = try Self.load()
    let different = ["two-senders-allowed": [], "other-sender-resets-global-state": [5]]
    for vector in contents.cases {
      #expect(try opened(vector, contents.ports, state: "") == different[vector.id] ?? vector.opensAfter, "\(vector.id)")
    }
  }
}
