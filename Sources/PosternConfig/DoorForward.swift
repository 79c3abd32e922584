// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternTables
package import PosternWire

/// The keys `forward4` and `forward6` of a door: where flows of its leases are led.
package struct DoorForward: Sendable {
  package let ipv4: Forward?
  package let ipv6: Forward?

  init(_ section: inout Section, beside sets: DoorSets, isOnce: Bool) {
    ipv4 = Self.forward(&section, "forward4", .ipv4, set: ("set4", sets.ipv4), unless: .ip6)
    ipv6 = Self.forward(&section, "forward6", .ipv6, set: ("set6", sets.ipv6), unless: .ip)
    // The rules of a one-shot door know flows by the port that they have there, and a map's element would outlive the door.
    guard isOnce, ipv4 != nil || ipv6 != nil else { return }
    section.complain("a one-shot door cannot lead flows elsewhere", at: section.entry("once")?.node.position)
  }

  package subscript(family: AddressFamily) -> Forward? {
    switch family {
    case .ipv4: ipv4
    case .ipv6: ipv6
    }
  }

  private static func forward(
    _ section: inout Section, _ key: String, _ family: AddressFamily, set: (key: String, reference: KeeperTables.SetReference?),
    unless blind: KeeperTables.SetReference.Family
  ) -> Forward? {
    guard let entry = section.entry(key) else { return nil }
    let forward = section.table(key) { section in Forward(&section, key, family, unless: blind) }
    if set.reference == nil {
      section.complain("\(key.quoted) needs a \(set.key.quoted) that lets the flows pass", at: entry.keyPosition)
    }
    return forward
  }

  /// Ports that all end at one have to be one: which of them a client meant would be lost.
  func checkPorts(_ section: Section, _ services: [Service]) {
    let ports = Set(services.map(\.port))
    guard ports.count != 1 || ports.contains(nil) else { return }
    for (key, forward) in [("forward4", ipv4), ("forward6", ipv6)] where forward?.target.port != nil {
      section.complain("\(key.quoted) leads to one port, so \"ports\" of [\(section.title)] must name one, too")
    }
  }

  /// The rules with a map read it in one way, and a map has one kind of data.
  static func complainAboutSharedMaps(_ doors: [Configuration.Door], _ section: Section) {
    let sets = Set(doors.flatMap { [$0.ipv4, $0.ipv6].compactMap { $0 } })
    var first: [KeeperTables.SetReference: Configuration.Door] = [:]
    for door in doors {
      for family in AddressFamily.allCases {
        guard let forward = door.forward[family] else { continue }
        if sets.contains(forward.map) {
          section.complain("\(forward.map) cannot be a map and a door's set", at: door.name.position)
        }
        guard let other = first[forward.map] else {
          first[forward.map] = door
          continue
        }
        if !door.sharesMap(with: other, family) {
          section.complain(
            "this door and \(other.name.value) share the map \(forward.map) and must lead to targets of one kind, under one prefix",
            at: door.name.position)
        }
      }
    }
  }
}

extension Configuration.Door {
  fileprivate func sharesMap(with other: Configuration.Door, _ family: AddressFamily) -> Bool {
    let prefix = family == .ipv4 ? \Configuration.Door.prefix4 : \.prefix6
    return forward[family]?.target.form == other.forward[family]?.target.form && self[keyPath: prefix] == other[keyPath: prefix]
  }
}

extension Forward {
  /// Nil after a complaint.
  fileprivate init?(
    _ section: inout Section, _ key: String, _ family: AddressFamily, unless blind: KeeperTables.SetReference.Family
  ) {
    let map = section.requiredText("map", TextForm("a map like \"inet postern nat4\"", DoorSets.reference))
    let target = section.requiredText("to", .forwardTarget)
    guard let map, let target else { return nil }
    if map.value.family == blind { section.complain("a table of family \(blind) cannot serve \(key.quoted)", at: map.position) }
    if let address = target.value.address, address.family != family {
      section.complain("\(address.description.quoted) is no \(family == .ipv4 ? "IPv4" : "IPv6") address", at: target.position)
    }
    self.init(map: map.value, target: target.value)
  }
}

extension TextForm<ForwardTarget> {
  static var forwardTarget: TextForm {
    TextForm("a target like \"10.0.0.5\", \"10.0.0.5:22\", \"[fd00::5]:22\" or \":2222\"") { text in
      ForwardTarget(text).flatMap { $0.address == .v4(.zero) || $0.address == .v6(.zero) ? nil : $0 }
    }
  }
}
