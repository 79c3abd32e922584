// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables

extension ImportedConfiguration {
  /// The commands of a knock as a named action.
  mutating func run(_ pair: CommandPair) -> KnockDeed {
    if let stop = pair.stop ?? pair.stop6, pair.hasStop {
      collectedNotes.gap("an action has no second command that runs later", at: stop.position)
    }
    let (first, second) = (pair.start, pair.start6 ?? pair.start)
    if second.text.trimmed != first.text.trimmed, !first.text.trimmed.isEmpty {
      collectedNotes.gap("a key runs one action, whatever the family of its knock", at: second.position)
    }
    let command = first.text.trimmed.isEmpty ? second : first
    guard !command.text.trimmed.isEmpty else { return .unknown }
    return .run(action: action(pair.title, command, pair.address, for: pair.strength))
  }

  /// The action that runs a command, made where it is missing; switched off with a note where it cannot run as it is.
  mutating func action(
    _ title: String, _ command: ForeignValue, _ address: String, for strength: Strength = .authenticated
  ) -> String {
    if let known = actions.firstIndex(where: { $0.command == command.text.trimmed }) {
      actions[known].strength = min(actions[known].strength, strength)
      return actions[known].name
    }
    let form = ActionForm(command.text, address: address)
    let name = actionNames.name(for: title, or: "action")
    var action = ImportedAction(
      name: name, origin: command.position, command: command.text.trimmed, arguments: form.arguments)
    action.strength = strength
    if let flaw = form.flaw {
      action.isOff = true
      action.comments.append("It was: \(command.text.trimmed)")
      action.comments.append("An action starts one program without a shell; \(flaw).")
      collectedNotes.gap("the command needs work before it is an action: \(flaw)", at: command.position)
    }
    actions.append(action)
    return name
  }

  /// Whether the action can run as it is written.
  func isReady(_ action: String) -> Bool { actions.contains { $0.name == action && !$0.isOff } }
}

/// A command line as the arguments of an action.
private struct ActionForm {
  /// With the placeholder of the knock's address.
  let arguments: [String]
  /// What stands in the way.
  let flaw: String?

  private static let placeholder = "{source}"
  /// What a script of the administrator's is called in a section that is switched off.
  private static let script = ["/usr/local/sbin/script", placeholder]

  init(_ text: String, address: String) {
    switch CommandLine(text) {
    case .needsShell(let what):
      self.init(Self.script, "this one uses \(what): put it into a script of your own")
    case .commands(let commands):
      guard let words = commands.first, commands.count == 1 else {
        self.init(Self.script, "here are several: put them into a script of your own")
        return
      }
      self.init(words: words, address: address)
    }
  }

  private init(words: [String], address: String) {
    let arguments = words.map { $0 == address ? Self.placeholder : $0 }
    guard words.first?.hasPrefix("/") == true else {
      self.init(arguments, "\((words.first ?? "").quoted) needs its whole path")
      return
    }
    guard Self.fit(arguments) else {
      self.init(
        Self.script, "its arguments are too long, too many or hold braces or control characters: put it into a script of your own"
      )
      return
    }
    guard !arguments.contains(where: { $0.contains(address) }) else {
      self.init(arguments, "the address has to be an argument of its own, or comes from the environment variable POSTERN_SOURCE")
      return
    }
    self.init(arguments, nil)
  }

  /// Whether an action takes these words: placeholders stand alone, and what looks like one and is none would be refused.
  private static func fit(_ words: [String]) -> Bool {
    let placeholders = ActionValue.allCases.map(\.placeholder)
    return words.count <= TableLimits.actionWords
      && words.allSatisfy { word in
        placeholders.contains(word)
          || (word.utf8.count <= TableLimits.actionTextBytes && word.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
            && !(word.hasPrefix("{") && word.hasSuffix("}")) && !placeholders.contains { word.contains($0) })
      }
  }

  private init(_ arguments: [String], _ flaw: String?) {
    self.arguments = arguments
    self.flaw = flaw
  }
}
