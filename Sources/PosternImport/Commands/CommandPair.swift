// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// What another system runs after a knock, and what it runs later to undo it.
struct CommandPair: Sendable {
  /// The section that the commands belong to; an action gets its name.
  let title: String
  let start: ForeignValue
  var stop: ForeignValue?
  /// For knocks over IPv6; nil where the others serve them as well, empty where nothing is done.
  var start6: ForeignValue?
  var stop6: ForeignValue?
  /// Between the two.
  let seconds: UInt32
  /// What stands for the knock's address in the commands.
  let address: String
  /// Of the knock.
  let strength: Strength

  init(title: String, start: ForeignValue, seconds: UInt32, address: String, strength: Strength) {
    self.title = title
    self.start = start
    self.seconds = seconds
    self.address = address
    self.strength = strength
  }

  /// The rule that the start comes to; nil where it is no rule.
  var rule: FirewallRule? { Self.rule([start, start6], address) }

  /// The rule that the stop comes to.
  var undoing: FirewallRule? { Self.rule([stop, stop6], address) }

  var hasStop: Bool { [stop, stop6].contains { $0?.text.trimmed.isEmpty == false } }

  private static func rule(_ values: [ForeignValue?], _ address: String) -> FirewallRule? {
    var rules: [FirewallRule] = []
    for value in values {
      guard let value, !value.text.trimmed.isEmpty else { continue }
      guard case .commands(let commands) = CommandLine(value.text) else { return nil }
      let read = commands.map { FirewallRule($0, address: address) }
      rules += read.compactMap { $0 }
      guard read.allSatisfy({ $0 != nil }) else { return nil }
    }
    return FirewallRule.merged(rules)
  }
}
