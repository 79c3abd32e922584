// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Reads the arguments of ufw(8) that let the address of a knock in, in both of its forms: `allow from A to any port N proto P`.
struct UfwReader {
  private var words: [String]
  private var deed = FirewallRule.Deed.admit
  private var allows = false
  private var source: String?
  private var transport: TransportProtocol?
  private var ports: [ClosedRange<Port>] = []
  private var conditions: [String] = []

  static func rule(_ words: [String], _ address: String) -> FirewallRule? {
    var reader = UfwReader(words: words.reversed())
    return reader.read() ? reader.rule(address) : nil
  }

  private init(words: [String]) { self.words = words }

  private mutating func read() -> Bool {
    while let word = words.popLast() {
      guard take(word) else { return false }
    }
    return true
  }

  private mutating func take(_ word: String) -> Bool {
    switch word {
    case "--force", "rule", "in": true
    case "delete":
      takeDeed(.withdraw)
    case "allow":
      takeAllow()
    case "insert": words.popLast()?.isDecimal == true
    case "prepend": true
    case "on": takeCondition("packets of interface")
    case "proto": takeTransport()
    case "from": takeSource()
    case "to": takeDestination()
    case "port": takePorts()
    case "comment": words.popLast() != nil
    default: false
    }
  }

  private mutating func takeDeed(_ deed: FirewallRule.Deed) -> Bool {
    self.deed = deed
    return true
  }

  private mutating func takeAllow() -> Bool {
    allows = true
    return true
  }

  private mutating func takeCondition(_ what: String) -> Bool {
    guard let word = words.popLast() else { return false }
    conditions.append("\(what) \(word) alone")
    return true
  }

  private mutating func takeTransport() -> Bool {
    guard transport == nil, let word = words.popLast() else { return false }
    transport = [.tcp, .udp].first { $0.description == word }
    return transport != nil
  }

  private mutating func takeSource() -> Bool {
    guard source == nil, let word = words.popLast() else { return false }
    source = word
    return true
  }

  private mutating func takeDestination() -> Bool {
    guard let word = words.last else { return false }
    guard word == "any" else { return takeCondition("the destination") }
    words.removeLast()
    return true
  }

  private mutating func takePorts() -> Bool {
    guard ports.isEmpty, let word = words.popLast() else { return false }
    let ranges = word.parts(",").map { PortText.range($0, between: ":") }
    ports = ranges.compactMap { $0 }
    return ports.count == ranges.count
  }

  /// Without a protocol ufw opens the port for both.
  private func rule(_ address: String) -> FirewallRule? {
    guard allows, source == address else { return nil }
    let transports = transport.map { [$0] } ?? [.tcp, .udp]
    // A protocol without ports opens all of them, which no list of ports says.
    let services = transports.flatMap { transport in ports.compactMap { Service(transport, $0) } }
    var rule = FirewallRule(deed, services, Set(AddressFamily.allCases))
    rule.conditions = conditions
    return rule
  }
}
