// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire

extension SetCatalog {
  /// A sentence for each door and set of which the key says less than the door does: there an open lease admits what the administrator's
  /// rule admits. For `posternd -t`; nothing is wrong.
  package var notices: [String] {
    doors.indices.flatMap { door in AddressFamily.allCases.compactMap { notice(of: door, $0) } }
  }

  private func notice(of door: Int, _ family: AddressFamily) -> String? {
    guard let set = set(of: door, family), let layout = sets[set].layout else { return nil }
    let unsaid = doors[door].unsaid(by: layout)
    guard let rest = doors[door].rest(for: unsaid) else { return nil }
    let missing = unsaid.map { "no \($0)" }.joined(separator: " and ")
    return
      "doors.\(doors[door].name): the key of set \(sets[set].reference) has \(missing): an open lease admits all that the rule "
      + "with @\(sets[set].reference.set) admits, so that rule has to say \(rest)"
  }
}

extension KeeperTables.Door {
  /// What the door says and a key of this layout does not.
  fileprivate func unsaid(by layout: SetLayout) -> [KeyField] {
    let services = services.filter { $0.transport.runs(over: layout.family) }
    return KeyField.allCases.filter { field in
      guard !layout.has(field) else { return false }
      return switch field {
      case .sourceAddress, .sourcePort: false
      case .destinationAddress: destinations.contains { $0.family == layout.family }
      case .transport: true
      case .port: services.contains { $0.transport.hasPorts }
      }
    }
  }

  /// What the rule has to say for the key; nil where the key says it all.
  fileprivate func rest(for unsaid: [KeyField]) -> String? {
    var words: [String] = []
    if unsaid.contains(.destinationAddress) { words.append("the destination") }
    if unsaid.contains(.port) {
      words.append(services.map(\.description).joined(separator: ", "))
    } else if unsaid.contains(.transport) {
      let transports = TransportProtocol.allCases.filter { transport in services.contains { $0.transport == transport } }
      words.append(transports.map(\.description).joined(separator: " or "))
    }
    return words.isEmpty ? nil : words.joined(separator: " and ")
  }
}
