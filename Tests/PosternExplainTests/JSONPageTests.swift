// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternExplain
import PosternKnock
import PosternWire
import Testing

/// The page and the objects say the same.
@Suite struct JSONPageTests {
  private func page() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    return try String(
      contentsOf: root.appendingPathComponent("Sources/PosternExplain/PosternExplain.docc/JSON.md"), encoding: .utf8)
  }

  /// The words in code marks.
  private func marked(_ text: String) -> Set<String> {
    Set(
      text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
        String($0.element)
      })
  }

  private func names(_ value: Any) -> Set<String> {
    if let object = value as? [String: Any] { return object.reduce(Set(object.keys)) { $0.union(names($1.value)) } }
    if let list = value as? [Any] { return list.reduce([]) { $0.union(names($1)) } }
    return []
  }

  /// Explanations of every kind.
  private func examples() throws -> [Explanation] {
    let lane = try Lane()
    let packet = Lane.udp(try lane.knock(.init(ipv4: .named(IPv4Address(0xc000_0207), port: Port(5)))))
    let prefix = Array("spa".utf8)
    return [
      lane.explain(packet), lane.explain(packet), try lane.explain(.init(door: "attic", stamp: Lane.now + .milliseconds(1))),
      packet.withBytes { packet in
        prefix.withBytes { lane.explainer.explain(packet, prefix: $0, isCut: true, at: Lane.now) }
      },
      try lane.explain(.init(action: .close, ipv4: .none, stamp: Lane.now + .milliseconds(2))),
      lane.explain(Lane.syn()),
      lane.explainer.passOver("no IP packet", byteCount: 1, at: Lane.now),
    ]
  }

  @Test func everyMemberIsOnThePageAndTheOtherWayRound() throws {
    var seen: Set<String> = []
    for example in try examples() {
      seen.formUnion(names(try JSONSerialization.jsonObject(with: Data(example.json.utf8))))
    }
    let tables = try page().split(separator: "\n").filter { $0.hasPrefix("| `") }
    let members = tables.reduce(Set<String>()) { $0.union(marked(String($1.split(separator: "|").first ?? ""))) }
    // The table of verdicts names words of values.
    let verdicts: Set<String> = ["granted", "observed", "started", "closed", "refused", "step", "passed-over"]
    #expect(verdicts.isSubset(of: members))
    let rest: Set<String> = [
      "family", "mode", "address", "verdict", "lease", "seconds", "ends", "renewed", "notes", "elements", "leases", "decided-by",
      "stage", "reason", "repeats",
    ]
    #expect(seen.subtracting(members).subtracting(rest).isEmpty, "not in a table: \(seen.subtracting(members).subtracting(rest))")
    #expect(members.subtracting(verdicts).subtracting(seen).isEmpty, "never written: \(members.subtracting(seen))")
    let words = marked(try page())
    #expect(rest.isSubset(of: seen) && rest.isSubset(of: words))
  }

  @Test func everyStageIsOnThePage() throws {
    let words = marked(try page())
    #expect(Set(DecisionStage.allCases.map(\.description)).isSubset(of: words))
  }
}
