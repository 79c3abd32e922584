// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Reads the arguments of iptables(8) that let the address of a knock in.
struct IptablesReader {
  private var words: [String]
  private var deed: FirewallRule.Deed?
  private var source: String?
  private var transport: TransportProtocol?
  private var ports: [ClosedRange<Port>] = []
  private var target: String?
  private var conditions: [String] = []

  static func rule(_ words: [String], _ family: AddressFamily, _ address: String) -> FirewallRule? {
    var reader = IptablesReader(words: words.reversed())
    return reader.read() ? reader.rule(family, address) : nil
  }

  private init(words: [String]) { self.words = words }

  /// False at the first word that could change the rule's meaning in a way unknown here.
  private mutating func read() -> Bool {
    while let word = words.popLast() {
      guard take(word) else { return false }
    }
    return true
  }

  private mutating func take(_ word: String) -> Bool {
    switch word {
    case "-A", "--append", "-I", "--insert": takeChain(.admit)
    case "-D", "--delete": takeChain(.withdraw)
    case "-s", "--source", "--src": take(into: \.source)
    case "-p", "--protocol", "--proto": takeTransport()
    case "--dport", "--destination-port", "--dports", "--destination-ports": takePorts()
    case "-j", "--jump": take(into: \.target)
    case "-t", "--table": words.popLast() == "filter"
    case "-m", "--match": takeMatch()
    case "--state", "--ctstate": takeStates()
    case "--comment": words.popLast() != nil
    case "--syn", "-w", "--wait": true
    case "-i", "--in-interface": takeCondition("packets of interface")
    case "-d", "--destination", "--dst": takeCondition("the destination")
    default: false
    }
  }

  private mutating func take(into place: WritableKeyPath<IptablesReader, String?>) -> Bool {
    guard self[keyPath: place] == nil, let word = words.popLast() else { return false }
    self[keyPath: place] = word
    return true
  }

  /// A chain, and for a new rule perhaps its number.
  private mutating func takeChain(_ deed: FirewallRule.Deed) -> Bool {
    guard self.deed == nil, let chain = words.popLast(), !chain.hasPrefix("-") else { return false }
    self.deed = deed
    if words.last?.isDecimal == true {
      // Deleting by number says nothing about the rule.
      guard deed == .admit else { return false }
      words.removeLast()
    }
    if chain == "FORWARD" { conditions.append("flows through the gateway (chain FORWARD): see nft/examples/gateway.nft") }
    return chain != "OUTPUT"
  }

  private mutating func takeTransport() -> Bool {
    guard transport == nil, let word = words.popLast() else { return false }
    transport = TransportProtocol.allCases.first { $0.description == word.asciiLowercased }
    return transport != nil
  }

  private mutating func takePorts() -> Bool {
    guard ports.isEmpty, let word = words.popLast() else { return false }
    let ranges = word.parts(",").map { PortText.range($0, between: ":") }
    ports = ranges.compactMap { $0 }
    return ranges.count == ports.count
  }

  private mutating func takeMatch() -> Bool {
    guard let word = words.popLast() else { return false }
    return ["tcp", "udp", "multiport", "state", "conntrack", "comment"].contains(word)
  }

  /// A door lets the first packet in; the others pass as part of the flow.
  private mutating func takeStates() -> Bool { words.popLast()?.parts(",").contains("NEW") == true }

  private mutating func takeCondition(_ what: String) -> Bool {
    guard let word = words.popLast(), word != "!" else { return false }
    conditions.append("\(what) \(word) alone")
    return true
  }

  private func rule(_ family: AddressFamily, _ address: String) -> FirewallRule? {
    guard let deed, target == "ACCEPT", [address, "\(address)/\(family.width)"].contains(source ?? "") else { return nil }
    guard let transport else {
      // Ports need a protocol; without either the rule opens everything.
      return ports.isEmpty ? made(deed, [], family) : nil
    }
    guard transport.hasPorts else { return Service(transport, nil).map { made(deed, [$0], family) } }
    let services = ports.compactMap { Service(transport, $0) }
    return made(deed, services, family)
  }

  private func made(_ deed: FirewallRule.Deed, _ services: [Service], _ family: AddressFamily) -> FirewallRule {
    var rule = FirewallRule(deed, services, [family])
    rule.conditions = conditions
    return rule
  }
}
