// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternExplain
import PosternKnock
import PosternWire
import Testing

/// Packets of knockd's clients, decided as the files say: mostly as knockd 0.8 was seen to decide, and where that was a defect, without it.
@Suite struct KnockdVectorTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    struct Packet: Decodable, Sendable {
      let tMs: Int64
      let ipHex: String
    }

    struct Opening: Decodable, Sendable, Hashable {
      let packet: Int
      let door: String
      let src: String
    }

    struct Expected: Decodable, Sendable {
      let opens: [Opening]
      let sameAsKnockd: Bool
      let whyDifferent: String?
    }

    let id: String
    let knockdConf: String
    let packets: [Packet]
    let expected: Expected
    let files: [String: String]?
    let knockdArgs: [String]?

    var testDescription: String { id }
  }

  private struct Group: Decodable {
    let localAddresses: [String]
    let cases: [Case]
  }

  private static let groups = [
    "addressing", "client-captures", "commands", "doors", "flags", "ipv6", "odd-packets", "one-time", "protocols", "sequences",
    "timing",
  ]

  private static func load(_ group: String) throws -> Group {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let path = tests.appendingPathComponent("PosternProtocolsTests/Vectors/knockd/\(group).json")
    return try decoder.decode(Group.self, from: Data(contentsOf: path))
  }

  @Test(arguments: groups) func vectors(_ name: String) throws {
    let group = try Self.load(name)
    #expect(!group.cases.isEmpty)
    for vector in group.cases { try decide(vector, local: group.localAddresses) }
  }

  private func decide(_ vector: Case, local: [String]) throws {
    let doors = KnockdText.doors(vector.knockdConf)
    let isOnlyIPv4 = vector.knockdArgs?.contains("-4") ?? false
    let text = KnockdText.configuration(doors, local: local, isOnlyIPv4: isOnlyIPv4)
    let explainer = try ConfiguredExplainer(text, files: vector.files ?? [:])
    var opened: [Case.Opening] = []
    for (index, packet) in vector.packets.enumerated() {
      let bytes = try #require(Hex.decode(packet.ipHex))
      let explanation = explainer.explain(bytes, prefix: "knockd", at: packet.tMs)
      guard let opening = explanation.opening else { continue }
      let door = try #require(doors.first { $0.name.lowercased() == opening.lease.door.description })
      let source = try #require(explanation.headers?.source)
      opened.append(Case.Opening(packet: index, door: door.name, src: source.description))
      #expect(opening.changes.map(\.key) == ["\(source) . tcp . 22"], "\(vector.id)")
    }
    #expect(opened == vector.expected.opens, "\(vector.id): \(vector.expected.whyDifferent ?? "")")
  }

  @Test func thereAreSoMany() throws {
    #expect(try Self.groups.reduce(0) { $0 + (try Self.load($1).cases.count) } == 103)
  }
}

/// A knockd.conf as far as the vectors go.
enum KnockdText {
  struct Door {
    let name: String
    var fields: [String: String] = [:]
  }

  static func doors(_ text: String) -> [Door] {
    var doors: [Door] = []
    for line in text.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
      if line.hasPrefix("[") {
        doors.append(Door(name: String(line.dropFirst().dropLast())))
      } else if let sign = line.firstIndex(of: "="), !doors.isEmpty {
        let key = line[..<sign].trimmingCharacters(in: .whitespaces).lowercased()
        doors[doors.count - 1].fields[key] = line[line.index(after: sign)...].trimmingCharacters(in: .whitespaces)
      }
    }
    return doors.filter { $0.name != "options" }
  }

  /// A door and a key for each; without a target the addresses of the host, to which knockd listens then.
  static func configuration(_ doors: [Door], local: [String], isOnlyIPv4: Bool) -> String {
    let names = doors.map { $0.name.lowercased() }
    let sections = doors.map { door in
      """
      [doors.\(door.name.lowercased())]
      ports = ["tcp/22"]
      packet-source = true
      weakest = "plain"
      allow-weak = "an observer can repeat these knocks"
      \(isOnlyIPv4 ? "set6 = \"\"" : "")
      [users.somebody.keys.\(door.name.lowercased())]
      protocol = "knockd"
      door = "\(door.name.lowercased())"
      timeout = "\(door.fields["seq_timeout"] ?? door.fields["timeout"] ?? "25")s"
      target = \(door.fields["target"].map { [$0] } ?? local)
      flags = \(words(door.fields["tcpflags"] ?? ""))
      \(sequence(door))
      """
    }
    return """
      [users.somebody]
      doors = \(names)
      packet-source = true
      \(sections.joined(separator: "\n"))
      """
  }

  private static func words(_ text: String) -> [String] {
    text.lowercased().split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private static func sequence(_ door: Door) -> String {
    if let file = door.fields["one_time_sequences"] { return "one-time-file = \"\(file)\"" }
    let steps = words(door.fields["sequence"] ?? "").map { word in
      let parts = word.split(separator: ":")
      return "\(parts.count == 2 ? parts[1] : "tcp")/\(parts[0])"
    }
    return "sequence = \(steps)"
  }
}
