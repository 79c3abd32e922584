// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternTables
import PosternWire

extension Configuration {
  /// A key of the `header` protocol: what one packet's headers must be. Nothing of it is secret.
  package struct HeaderKey: Sendable {
    package let credential: HeaderCredential
  }
}

extension Configuration.HeaderKey {
  init?(_ section: inout Section) {
    let carriers: TextForm<HeaderCredential.Carrier> = .oneOf([("tcp", .tcp), ("udp", .udp), ("icmp", .icmp)])
    let carrier = section.text("carrier", carriers)?.value ?? .tcp
    let (asked, set) = Self.flags(&section, carrier)
    let conditions = HeaderField.allCases.compactMap { Self.condition($0, carrier, &section) }
    let target = Self.target(&section)
    let allowed = section.ports("allowed", 1...HeaderCredential.allowedCounts.upperBound) ?? []
    if carrier == .icmp, target != .door { section.complain("icmp has no ports: \"opens\" can only be \"door\"") }
    if target == .door, !allowed.isEmpty { section.complain("\"allowed\" goes with ports, and this key opens a door") }
    if conditions.isEmpty { section.complain("[\(section.title)] names no field: every packet would be this knock") }
    credential = HeaderCredential(
      carrier: carrier, flagsAsked: asked, flagsSet: set, conditions: conditions, target: target, allowed: allowed)
  }

  private static let flagWords: [(word: String, flag: TCPHeader.Flags)] = [
    ("fin", .fin), ("syn", .syn), ("rst", .rst), ("psh", .psh), ("ack", .ack), ("urg", .urg), ("ece", .ece), ("cwr", .cwr),
  ]

  /// The flags that count and those of them that are set; without `flags` those of a SYN.
  private static func flags(_ section: inout Section, _ carrier: HeaderCredential.Carrier) -> (asked: UInt8, set: UInt8) {
    let words = flagWords.flatMap { [($0.word, ($0.flag, true)), ("!" + $0.word, ($0.flag, false))] }
    let named = section.texts("flags", .oneOf(words.map { ($0.0, $0.0) }), 0...flagWords.count)
    guard carrier == .tcp else {
      if named != nil { section.complain("only tcp has \"flags\"", at: section.entry("flags")?.node.position) }
      return (0, 0)
    }
    guard let named else { return (TCPHeader.Flags([.fin, .syn, .rst, .ack]).rawValue, TCPHeader.Flags.syn.rawValue) }
    var (asked, set): (TCPHeader.Flags, TCPHeader.Flags) = ([], [])
    for word in named {
      guard let (flag, isSet) = words.first(where: { $0.0 == word.value })?.1 else { continue }
      if asked.contains(flag) { section.complain("\"flags\" says both of \(word.value.quoted)", at: word.position) }
      asked.insert(flag)
      if isSet { set.insert(flag) }
    }
    return (asked.rawValue, set.rawValue)
  }

  /// `ttl = 255` or `ttl = "60-64"`.
  private static func condition(
    _ field: HeaderField, _ carrier: HeaderCredential.Carrier, _ section: inout Section
  ) -> HeaderCredential.Condition? {
    let key = field.description
    guard let entry = section.entry(key) else { return nil }
    guard field.isIn(carrier) else {
      section.complain("packets of this carrier have no \(key.quoted)", at: entry.keyPosition)
      return nil
    }
    if case .integer = entry.node.kind {
      return section.integer(key, in: 0...Int64(field.largest)).map {
        let value = UInt32(clamping: $0.value)
        return .init(field, value...value)
      }
    }
    return section.text(key, .numbers(upTo: field.largest)).map { .init(field, $0.value) }
  }

  /// A word, or an array of `knocked=opened`.
  private static func target(_ section: inout Section) -> HeaderTarget {
    guard let entry = section.entry("opens") else { return .door }
    if case .array = entry.node.kind {
      let pairs = section.texts("opens", .portPair, HeaderTarget.tableCounts) ?? []
      if Set(pairs.map(\.value.knocked)).count < pairs.count {
        section.complain("\"opens\" leads one port to two", at: entry.node.position)
      }
      return .table(pairs.map(\.value))
    }
    return section.text("opens", .headerTarget)?.value ?? .door
  }

  /// Each packet that rules log for this protocol is compared with every key.
  static func complainAboutNumber(_ users: [Configuration.User], _ section: Section) {
    let count = users.reduce(0) { $0 + $1.keys.count { $0.form.knockProtocol == .header } }
    guard count > HeaderCredential.most else { return }
    section.complain("there are \(count) keys of the header protocol, at most \(HeaderCredential.most) are possible")
  }
}

extension TextForm<ClosedRange<UInt32>> {
  /// Two numbers, the second no less than the first.
  static func numbers(upTo largest: UInt32) -> TextForm {
    TextForm("a number or a range like \"60-64\", at most \(largest)") { text in
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { part in
        part.utf8.allSatisfy { (48...57).contains($0) } ? UInt32(part) : nil
      }
      guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last, last <= largest else { return nil }
      return first...last
    }
  }
}

extension TextForm<HeaderTarget.Entry> {
  /// `1022=22`.
  static var portPair: TextForm {
    TextForm("two ports like \"1022=22\"") { text in
      let ports = text.split(separator: "=", omittingEmptySubsequences: false).map { Port($0) }
      guard ports.count == 2, let knocked = ports[0], let opened = ports[1] else { return nil }
      return HeaderTarget.Entry(knocked: knocked, opened: opened)
    }
  }
}

extension TextForm<HeaderTarget> {
  static var headerTarget: TextForm {
    TextForm("\"door\", \"strip10\", \"subtract1000\" or an array like [\"1022=22\"]") { text in
      switch text {
      case "door": return .door
      case "strip10": return .strip10
      default:
        guard text.hasPrefix("subtract"), let distance = Port(text.dropFirst("subtract".count)) else { return nil }
        return .subtract(distance.number)
      }
    }
  }
}
