// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
import PosternWire

extension Configuration {
  /// `[actions.NAME]`: a program that an event may start.
  package struct Action: Sendable {
    /// A user by name or number.
    package enum Account: Sendable {
      case named(Located<String>)
      case number(Located<UInt32>)
    }

    package let name: Located<Name>
    package let words: [RunnerProgram.Word]
    /// Nil leaves it to the runner's own account.
    package let user: Account?
    /// Nil is the user's own group.
    package let group: Account?
    package let directory: String
    /// `NAME=value`.
    package let environment: [String]
    /// The lines of standard input.
    package let input: [String]
    /// Seconds.
    package let timeout: UInt32
    package let atOnce: UInt32
    /// Texts of other programs' command messages that mean it.
    package let aliases: [Located<String>]
    package let service: ActionService?
    /// The weakest knock that starts it.
    package let weakest: Strength
  }
}

extension Configuration.Action {
  private static let timeout: UInt32 = 30
  private static let serviceTimeout: UInt32 = 3600
  private static let serviceAtOnce: UInt32 = 8

  static func all(_ section: inout Section) -> [Configuration.Action] {
    let actions = section.named("actions", atMost: TableLimits.actions) { entry, section in
      Configuration.Action(name: .init(entry, &section), &section)
    }
    let named = actions.compactMap { $0 }
    complainAboutSharedTexts(named, section)
    return named
  }

  private init?(name: Located<Name>?, _ section: inout Section) {
    let words = Self.words(&section)
    let user = section.account("user")
    let group = section.account("group")
    let directory = section.text("directory", .absolutePath)?.value ?? "/"
    let environment = Self.environment(&section)
    let input = Self.input(&section)
    let service = Self.service(&section)
    if !input.isEmpty, service != nil {
      section.complain("\"input\" is not for services: they have a connection", at: section.entry("input")?.keyPosition)
    }
    let timeouts = TableLimits.actionTimeouts
    let timeout = section.text("timeout", .lease, in: timeouts, DurationText.text(seconds:))?.value
    let counts = Int64(TableLimits.actionsAtOnce.lowerBound)...Int64(TableLimits.actionsAtOnce.upperBound)
    let atOnce = section.integer("at-once", in: counts).map { UInt32($0.value) }
    let aliases = section.texts("aliases", .alias, 1...TableLimits.aliasesPerAction) ?? []
    let weakest = Configuration.Door.weakest(&section, of: "an action")
    if user == nil, let place = section.entry("group")?.keyPosition {
      section.complain("\"group\" needs a \"user\"", at: place)
    }
    guard let name else { return nil }
    self.init(
      name: name, words: words, user: user, group: group, directory: directory, environment: environment, input: input,
      timeout: timeout ?? (service == nil ? Self.timeout : Self.serviceTimeout),
      atOnce: atOnce ?? (service == nil ? 1 : Self.serviceAtOnce), aliases: aliases, service: service, weakest: weakest)
  }

  /// `run = ["/usr/bin/program", "word", "{source}"]`: no shell ever sees it.
  private static func words(_ section: inout Section) -> [RunnerProgram.Word] {
    section.require("run")
    guard let nodes = section.elements("run", 1...TableLimits.actionWords) else { return [.text("/")] }
    return nodes.enumerated().map { index, node in
      guard case .string(let text) = node.kind, text.isPlain, text.utf8.count <= TableLimits.actionTextBytes else {
        section.complain("\"run\" must hold strings of at most \(TableLimits.actionTextBytes) bytes", at: node.position)
        return .text("")
      }
      if index == 0, !text.hasPrefix("/") {
        section.complain("the first word of \"run\" must be an absolute path, not \(text.quoted)", at: node.position)
      }
      if index > 0, let value = ActionValue(placeholder: text) { return .value(value) }
      complainAboutBraces(text, section, at: node.position)
      return .text(text)
    }
  }

  /// What looks like a placeholder and is none would reach the program as it stands.
  private static func complainAboutBraces(_ text: String, _ section: Section, at place: ConfigPosition) {
    let names = ActionValue.allCases.map(\.placeholder)
    if let part = names.first(where: { text.contains($0) }) {
      return section.complain("\(part) must be a word of its own in \"run\", not the first", at: place)
    }
    guard text.hasPrefix("{"), text.hasSuffix("}") else { return }
    section.complain("\(text.quoted) is none of " + names.joined(separator: ", "), at: place)
  }

  private static func environment(_ section: inout Section) -> [String] {
    section.namedTexts("environment", atMost: TableLimits.actionVariables, .variable).map { entry, value in
      let isName = entry.key.utf8.first.map { !(48...57).contains($0) } == true && entry.key.utf8.allSatisfy(\.isOfVariable)
      if !isName { section.complain("\(entry.key.quoted) is no name of a variable", at: entry.keyPosition) }
      if entry.key.hasPrefix("POSTERN_") || entry.key.hasPrefix("LISTEN_") {
        section.complain("variables with the name \(entry.key.quoted) are Postern's own", at: entry.keyPosition)
      }
      return "\(entry.key)=\(value.value)"
    }
  }

  private static func input(_ section: inout Section) -> [String] {
    guard let text = section.text("input", .input) else { return [] }
    let lines = text.value.split(separator: "\n", omittingEmptySubsequences: false)
    return (text.value.hasSuffix("\n") ? lines.dropLast() : lines).map(String.init)
  }

  private static let styles: [(word: String, value: ActionService.Style)] = [
    ("nowait", .nowait), ("wait", .wait), ("listen-fds", .listenFDs),
  ]

  private static func service(_ section: inout Section) -> ActionService? {
    let style = section.text("serve", .oneOf(styles))
    let place = section.text("listen", .listener)
    guard let style, let place else {
      if style != nil || place != nil { section.complain("\"serve\" and \"listen\" belong together\(section.place)") }
      return nil
    }
    if style.value == .nowait, place.value.transport == .udp {
      section.complain("\"nowait\" takes connections: udp needs \"wait\" or \"listen-fds\"", at: style.position)
    }
    return ActionService(
      style: style.value, transport: place.value.transport, address: place.value.target.address, port: place.value.port)
  }

  /// A command message means one action.
  private static func complainAboutSharedTexts(_ actions: [Configuration.Action], _ section: Section) {
    var owners: [String: Name] = [:]
    for action in actions { owners[action.name.value.description] = action.name.value }
    for action in actions {
      for alias in action.aliases {
        if let other = owners.updateValue(action.name.value, forKey: alias.value) {
          section.complain("the alias \(alias.value.quoted) already means actions.\(other)", at: alias.position)
        }
      }
    }
  }
}

extension Section {
  /// An account by its name or its number.
  fileprivate mutating func account(_ key: String) -> Configuration.Action.Account? {
    guard let node = entry(key)?.node else { return nil }
    guard case .integer(let number) = node.kind else { return text(key, .accountName).map { .named($0) } }
    guard let id = UInt32(exactly: number), id < .max else {
      complain("\(key.quoted) must be a name or a number, not \(number)", at: node.position)
      return nil
    }
    return .number(Located(id, at: node.position))
  }
}

/// `tcp/:2323`, `udp/10.0.0.1:514`, `tcp/[::1]:2323`.
struct ListenerPlace {
  var transport: ActionService.Transport
  var target: ForwardTarget
  var port: Port

  init?(_ text: String) {
    for (word, transport) in [("tcp/", ActionService.Transport.tcp), ("udp/", .udp)] where text.hasPrefix(word) {
      guard let target = ForwardTarget(text.dropFirst(word.count)), let port = target.port else { return nil }
      (self.transport, self.target, self.port) = (transport, target, port)
      return
    }
    return nil
  }
}

extension TextForm<ListenerPlace> {
  fileprivate static var listener: TextForm {
    TextForm("a place like \"tcp/:2323\", \"udp/10.0.0.1:514\" or \"tcp/[::1]:2323\"") { ListenerPlace($0) }
  }
}

extension TextForm<String> {
  fileprivate static var absolutePath: TextForm {
    TextForm("an absolute path") { $0.hasPrefix("/") && $0.isPlain && $0.utf8.count <= TableLimits.pathBytes ? $0 : nil }
  }

  fileprivate static var variable: TextForm {
    TextForm("a text of at most \(TableLimits.actionTextBytes / 2) bytes") {
      $0.isPlain && $0.utf8.count <= TableLimits.actionTextBytes / 2 ? $0 : nil
    }
  }

  fileprivate static var input: TextForm {
    TextForm("a text of at most \(TableLimits.actionInputLines) lines") { text in
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let isGood = lines.allSatisfy { String($0).isPlain && $0.utf8.count <= TableLimits.actionTextBytes }
      return isGood && lines.count <= TableLimits.actionInputLines ? text : nil
    }
  }

  /// Printable ASCII: what command messages hold.
  fileprivate static var alias: TextForm {
    TextForm("a text of 1 to \(TableLimits.aliasBytes) printable characters") {
      (1...TableLimits.aliasBytes).contains($0.utf8.count) && $0.utf8.allSatisfy { (32...126).contains($0) } ? $0 : nil
    }
  }

  fileprivate static var accountName: TextForm {
    TextForm("the name of an account or its number") { text in
      (1...32).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isOfVariable || $0 == 45 || $0 == 46 } ? text : nil
    }
  }
}

extension UInt8 {
  fileprivate var isOfVariable: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
