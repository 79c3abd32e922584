// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Rules that hand packets to the gate: they look at ports and flags and log, nothing else. A packet that two of them log would count twice.
struct NftRules {
  /// The group of nft/postern.nft.
  private static let group = 5
  private let prefix: String
  private let interface: String?

  init(prefix: String, interface: String? = nil) {
    self.prefix = prefix
    self.interface = interface
  }

  /// One rule for all these ports; nil for none. `flags` are TCP's, `!ack` for one that must not be set.
  func rule(_ transport: TransportProtocol, _ ports: [Port], flags: [String] = [], length: Int? = nil) -> String? {
    let ports = Set(ports).sorted().map(\.description)
    guard !ports.isEmpty else { return nil }
    let set = ports.count == 1 ? ports[0] : "{ \(ports.joined(separator: ", ")) }"
    let size = length.map { " \(transport) length \($0)" } ?? ""
    return line("\(transport) dport \(set)\(size)\(Self.condition(flags))")
  }

  func line(_ condition: String, _ snapLength: Int = 512) -> String {
    let place = interface.flatMap { Self.isName($0) ? "iifname \"\($0)\" " : nil } ?? ""
    return "\(place)\(condition) log prefix \"\(prefix)\" group \(Self.group) snaplen \(snapLength)"
  }

  private static func condition(_ flags: [String]) -> String {
    let named = flags.map { $0.hasPrefix("!") ? String($0.dropFirst()) : $0 }
    guard !named.isEmpty else { return "" }
    let set = flags.filter { !$0.hasPrefix("!") }
    return " tcp flags & (\(named.joined(separator: " | "))) == \(set.isEmpty ? "0x0" : set.joined(separator: " | "))"
  }

  /// What may stand in quotation marks in a rule: Linux takes up to 15 bytes.
  private static func isName(_ text: String) -> Bool {
    (1...15).contains(text.utf8.count) && text.utf8.allSatisfy { (33...126).contains($0) && !"\"\\/".utf8.contains($0) }
  }
}
