// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Reads the arguments of nft(8) that let the address of a knock in: a rule of its own, or an element of a set.
struct NftReader {
  private var words: [String]
  private let address: String

  /// The whole command may be one argument, or many; braces and commas need no blanks around them.
  static func rule(_ arguments: [String], _ address: String) -> FirewallRule? {
    var spaced = ""
    for character in arguments.joined(separator: " ").utf8 {
      let text = String(decoding: [character], as: UTF8.self)
      spaced += "{},;".utf8.contains(character) ? " \(text) " : text
    }
    var words = spaced.words
    if words.last == ";" { words.removeLast() }
    var reader = NftReader(words: words.reversed(), address: address)
    return reader.read()
  }

  private init(words: [String], address: String) {
    self.words = words
    self.address = address
  }

  private mutating func read() -> FirewallRule? {
    guard let verb = words.popLast(), let object = words.popLast() else { return nil }
    switch (verb, object) {
    case ("add", "rule"), ("insert", "rule"): return readRule()
    case ("add", "element"): return readElement(.admit)
    case ("delete", "element"), ("destroy", "element"): return readElement(.withdraw)
    default: return nil
    }
  }

  // MARK: Rules

  /// `FAMILY TABLE CHAIN ip saddr ADDRESS tcp dport 22 accept`
  private mutating func readRule() -> FirewallRule? {
    guard takeTable() != nil, let chain = words.popLast(), !["output", "{"].contains(chain.asciiLowercased) else { return nil }
    var rule = FirewallRule(.admit, [], [])
    if chain.asciiLowercased == "forward" {
      rule.conditions.append("flows through the gateway (chain \(chain)): see nft/examples/gateway.nft")
    }
    while let word = words.popLast() {
      if word == "accept" { return finished(rule) }
      guard take(word, &rule) else { return nil }
    }
    return nil
  }

  private mutating func finished(_ rule: FirewallRule) -> FirewallRule? {
    if words.last == "comment" { words.removeLast(min(2, words.count)) }
    return words.isEmpty && rule.families.count == 1 ? rule : nil
  }

  private mutating func take(_ word: String, _ rule: inout FirewallRule) -> Bool {
    switch word {
    case "ip", "ip6": takeAddress(word == "ip" ? .ipv4 : .ipv6, &rule)
    case "tcp", "udp": takePorts(word == "tcp" ? .tcp : .udp, &rule)
    case "ct": takeStates()
    case "counter": true
    case "iif", "iifname":
      if let name = words.popLast() { note("packets of interface \(name) alone", &rule) } else { false }
    default: false
    }
  }

  private func note(_ condition: String, _ rule: inout FirewallRule) -> Bool {
    rule.conditions.append(condition)
    return true
  }

  private mutating func takeAddress(_ family: AddressFamily, _ rule: inout FirewallRule) -> Bool {
    guard let field = words.popLast(), let word = words.popLast() else { return false }
    switch field {
    case "saddr":
      rule.families.insert(family)
      return word == address
    case "daddr": return word != "{" && note("the destination \(word) alone", &rule)
    default: return false
    }
  }

  private mutating func takePorts(_ transport: TransportProtocol, _ rule: inout FirewallRule) -> Bool {
    guard words.popLast() == "dport", rule.services.isEmpty, let list = takeList() else { return false }
    let ranges = list.map { PortText.range($0, between: "-") }
    rule.services = ranges.compactMap { $0.flatMap { Service(transport, $0) } }
    return rule.services.count == list.count
  }

  private mutating func takeStates() -> Bool {
    guard words.popLast() == "state", let list = takeList() else { return false }
    return list.contains("new")
  }

  /// One word, or several between braces or commas.
  private mutating func takeList() -> [String]? {
    guard let first = words.popLast() else { return nil }
    guard first == "{" else {
      var list = [first]
      while words.last == ",", words.count > 1 {
        words.removeLast()
        list += words.popLast().map { [$0] } ?? []
      }
      return list
    }
    guard let end = words.lastIndex(of: "}") else { return nil }
    let inner = words[(end + 1)...].reversed().joined(separator: " ")
    words.removeSubrange(end...)
    return inner.parts(",").map(\.trimmed)
  }

  // MARK: Elements

  /// `FAMILY TABLE SET { ADDRESS [. tcp] [. 22] [timeout 30s] }`
  private mutating func readElement(_ deed: FirewallRule.Deed) -> FirewallRule? {
    guard let table = takeTable(), let set = words.popLast(), set.isNftName, let elements = takeList(), words.isEmpty,
      elements.count == 1
    else {
      return nil
    }
    let words = elements[0].words
    let parts = words.prefix { $0 != "timeout" && $0 != "comment" }.joined(separator: " ").parts(".").map(\.trimmed)
    guard parts.contains(address), let services = services(parts.filter { $0 != address }) else { return nil }
    // The set's name often tells its family; ip is the more usual one.
    let family: AddressFamily = table.hasPrefix("ip6 ") || set.hasSuffix("6") ? .ipv6 : .ipv4
    var rule = FirewallRule(deed, services, [family])
    rule.ownSet = ImportedDoor.OwnSet(table: table, name: set, family: family)
    rule.timeout = words.firstIndex(of: "timeout").flatMap { words.dropFirst($0 + 1).first }.flatMap(NftDuration.seconds)
    return rule
  }

  /// None for a key of the address alone.
  private func services(_ parts: [String]) -> [Service]? {
    guard !parts.isEmpty else { return [] }
    let transports = TransportProtocol.allCases.filter { parts.contains($0.description) }
    let ports = parts.compactMap { Port($0) }
    guard transports.count <= 1, ports.count <= 1, transports.count + ports.count == parts.count, let port = ports.first else {
      return nil
    }
    return [Service(transports.first ?? .tcp, port)]
  }

  /// The family, which may be left out, and the table.
  private mutating func takeTable() -> String? {
    guard let word = words.popLast() else { return nil }
    guard ["ip", "ip6", "inet"].contains(word) else { return word.isNftName ? "ip \(word)" : nil }
    return words.popLast().flatMap { $0.isNftName ? "\(word) \($0)" : nil }
  }
}
