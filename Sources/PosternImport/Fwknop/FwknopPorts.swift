// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire

/// The services of OPEN_PORTS and RESTRICT_PORTS.
enum FwknopPorts {
  static let most = TableLimits.servicesPerDoor

  /// Those of `tcp/22, udp/53` that a door can have.
  static func services(_ value: ForeignValue, _ notes: inout ImportNotes) -> [Service] {
    let items = value.text.parts(",").map { $0.trimmed.asciiLowercased }.filter { !$0.isEmpty }
    guard (1...most).contains(items.count) else {
      notes.refuse("a list of 1 to \(most) services belongs here", at: value.position)
      return []
    }
    var services: [Service] = []
    for item in items {
      let parts = item.parts("/").map(\.trimmed)
      guard parts.count == 2, let transport = [TransportProtocol.tcp, .udp].first(where: { $0.description == parts[0] }) else {
        notes.refuse("\(item.quoted) is no service like tcp/22; fwknopd knows tcp and udp", at: value.position)
        continue
      }
      guard let port = Port(parts[1]) else {
        notes.gap("\(item.quoted) has no port from 1 to 65535", at: value.position)
        continue
      }
      if !services.contains(Service(transport, port)) { services.append(Service(transport, port)) }
    }
    return services
  }

  /// What the stanza lets its clients open; without OPEN_PORTS nothing, where fwknopd opens anything.
  static func open(_ stanza: FwknopStanza, _ notes: inout ImportNotes) -> [Service] {
    guard let open = stanza["OPEN_PORTS"] else {
      notes.gap(
        "there is no OPEN_PORTS: fwknopd opens whatever its client asks for, Postern opens nothing; give the user doors",
        at: stanza.source.position)
      return []
    }
    let wished = services(open, &notes)
    let refused = stanza["RESTRICT_PORTS"].map { services($0, &notes) } ?? []
    return wished.filter { !refused.contains($0) }
  }
}
