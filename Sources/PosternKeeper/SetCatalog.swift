// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// The distinct sets and maps of all doors and how their keys are made; several doors may share a set.
///
/// How keys are made is found in the kernel and told by ``take(_:)``. Until then, and for a door that cannot use what was found, the
/// layout that says most is assumed. Elements in an assumed layout never reach the kernel, since they do not fit the set's own.
package struct SetCatalog: Sendable {
  package struct Entry: Hashable, Sendable {
    package var reference: KeeperTables.SetReference
    package var family: AddressFamily
    /// The order of the key's parts that the configuration demands.
    package var key: [KeyField]?
    /// Leading bits of the source that count.
    package var prefix: UInt8
    /// What the elements of a map lead to; nil for a set.
    package var data: ForwardTarget.Form?
    /// The set holds what came through one-shot doors, not leases.
    package var isOfSessions = false
    /// The set holds bans, not leases.
    package var ban: BanSet?
    /// As last seen in the kernel; nil while the set was never seen.
    package var layout: SetLayout?
  }

  package private(set) var sets: [Entry] = []
  let doors: [KeeperTables.Door]
  private var places: [DoorPlaces] = []

  package init(_ tables: KeeperTables) {
    doors = tables.doors
    for door in tables.doors {
      for family in AddressFamily.allCases {
        joinSet(door, family)
        joinMap(door, family)
      }
    }
    for door in tables.doors { for family in AddressFamily.allCases { joinSessions(door, family) } }
    if let defence = tables.defence { joinBans(defence) }
    places = doors.map(places)
  }

  /// The set of the flows that came through a one-shot door; several doors may share it.
  private mutating func joinSessions(_ door: KeeperTables.Door, _ family: AddressFamily) {
    guard let reference = door.sessions(family) else { return }
    let entry = Entry(
      reference: reference, family: family, key: SetLayout.session(family).fields, prefix: family.width, isOfSessions: true)
    if place(of: entry) == nil { sets.append(entry) }
  }

  private mutating func joinBans(_ defence: BanRules) {
    for set in defence.sets {
      sets.append(
        Entry(
          reference: defence.reference(set), family: set.family, key: [.sourceAddress], prefix: set.length, ban: set))
    }
  }

  private mutating func joinSet(_ door: KeeperTables.Door, _ family: AddressFamily) {
    guard let reference = door.set(family) else { return }
    join(Entry(reference: reference, family: family, key: door.key, prefix: door.prefix(family)))
  }

  private mutating func joinMap(_ door: KeeperTables.Door, _ family: AddressFamily) {
    guard let forward = door.forward(family) else { return }
    join(Entry(reference: forward.map, family: family, prefix: door.prefix(family), data: forward.target.form))
  }

  /// What no door before had joins ``sets``.
  private mutating func join(_ entry: Entry) { if place(of: entry) == nil { sets.append(entry) } }

  /// What a door has in one set or map.
  private struct Place: Sendable {
    var set: Int
    var layout: SetLayout
    /// The keys of a lease, with a source that is yet to be filled in.
    var keys: [KeyParts]
    var target: ForwardTarget?
    /// Why the set's own layout is not the one.
    var misfit: SetLayout.Misfit?

    /// None where the key asks for a source port and none is known.
    func elements(_ address: IPAddress, port: Port?) -> [DoorElement] {
      let port = layout.has(.sourcePort) ? port : nil
      guard port != nil || !layout.has(.sourcePort) else { return [] }
      let source = AddressPrefix(around: address, length: layout.prefix)
      return keys.map { key in
        var parts = key
        parts.source = source
        parts.sourcePort = port
        return DoorElement(set: set, parts: parts, target: target)
      }
    }
  }

  /// What a door has for one family: its set and, where flows are led elsewhere, its map.
  private struct FamilyPlaces: Sendable {
    var set: Place
    var map: Place?

    subscript(index: Int) -> Place? {
      if set.set == index { return set }
      return map.flatMap { $0.set == index ? $0 : nil }
    }
  }

  private struct DoorPlaces: Sendable {
    var ipv4: FamilyPlaces?
    var ipv6: FamilyPlaces?

    subscript(family: AddressFamily) -> FamilyPlaces? {
      switch family {
      case .ipv4: ipv4
      case .ipv6: ipv6
      }
    }
  }

  private func places(_ door: KeeperTables.Door) -> DoorPlaces {
    DoorPlaces(ipv4: places(door, .ipv4), ipv6: places(door, .ipv6))
  }

  /// Nil where the door does not serve the family, and where none of its services runs over it.
  ///
  /// Flows that are led to another host meet the set behind the map: there their destination is the target. The map, and a set before
  /// it, know them by the door's own destinations.
  private func places(_ door: KeeperTables.Door, _ family: AddressFamily) -> FamilyPlaces? {
    let forward = door.forward(family)
    let behind = forward?.target.address.map { [$0] } ?? door.destinations
    guard let set = door.set(family).flatMap({ index($0, family) }), let place = place(door, set, behind, nil) else { return nil }
    guard let forward else { return FamilyPlaces(set: place, map: nil) }
    guard let map = index(forward.map, family), let led = self.place(door, map, door.destinations, forward.target) else {
      return nil
    }
    return FamilyPlaces(set: place, map: led)
  }

  /// Nil where none of the door's services runs over the set's family.
  private func place(
    _ door: KeeperTables.Door, _ set: Int, _ destinations: [IPAddress], _ target: ForwardTarget?
  ) -> Place? {
    let entry = sets[set]
    var misfit: SetLayout.Misfit?
    for layout in entry.candidates {
      do throws(SetLayout.Misfit) {
        let keys = try layout.keys(source: .unspecified(entry.family), services: door.services, destinations: destinations)
        return Place(set: set, layout: layout, keys: keys, target: target, misfit: misfit)
      } catch {
        if layout == entry.layout { misfit = error }
      }
    }
    return nil
  }
}

extension SetCatalog {
  /// The place of the set that another catalog means by this entry.
  func place(of other: Entry) -> Int? { index(other.reference, other.family) }

  private func index(_ reference: KeeperTables.SetReference, _ family: AddressFamily) -> Int? {
    sets.firstIndex { $0.reference == reference && $0.family == family }
  }

  /// Whether there is such a set for bans.
  func has(_ set: BanSet) -> Bool { sets.contains { $0.ban == set } }

  package func set(of door: Int, _ family: AddressFamily) -> Int? { places[door][family]?.set.set }

  /// The door's sets and maps of all families.
  package func sets(of door: Int) -> [Int] {
    AddressFamily.allCases.compactMap { places[door][$0] }.flatMap { [$0.set.set, $0.map?.set].compactMap { $0 } }
  }

  /// The place of the set that holds what comes through a one-shot door.
  package func sessionSet(of door: Int, _ family: AddressFamily) -> Int? {
    doors[door].sessions(family).flatMap { reference in sets.firstIndex { $0.reference == reference && $0.family == family } }
  }

  /// The elements of a lease for this address at a door, and for this port of it where the keys have one; none where the door does not
  /// serve the family, or needs a port and gets none.
  package func elements(of door: Int, for address: IPAddress, port: Port? = nil) -> [DoorElement] {
    guard let place = places[door][address.family] else { return [] }
    guard let map = place.map else { return place.set.elements(address, port: port) }
    let (led, pass) = (map.elements(address, port: port), place.set.elements(address, port: port))
    // Neither is anything without the other.
    return led.isEmpty || pass.isEmpty ? [] : led + pass
  }

  /// Whether the door leads flows where the element does; elements of sets lead nowhere.
  func leads(_ door: Int, as element: DoorElement) -> Bool {
    places[door][sets[element.set].family]?[element.set]?.target == element.target
  }

  /// The element's key, and its target, as nft writes them, in the layout that its set has or, where that is not known, is assumed to have.
  package func nft(_ element: DoorElement) -> String {
    let entry = sets[element.set]
    let layouts = entry.candidates.filter { layout in KeyField.allCases.allSatisfy { element.parts.has($0) == layout.has($0) } }
    let key = element.parts.nft(layouts.first ?? .plain(entry.family))
    return element.target.map { "\(key) : \($0.nft)" } ?? key
  }

  /// How many elements a lease at a door has in one of its sets.
  package func elementsPerLease(at door: Int, in set: Int) -> Int { places[door][sets[set].family]?[set]?.keys.count ?? 0 }

  /// Takes up how the keys of the sets are made now, by their place; nil leaves what was known, for a set that is gone comes back.
  /// Answers the sets whose keys are made otherwise than was known.
  package mutating func take(_ layouts: [SetLayout?]) -> [Int] {
    let changed = zip(sets.indices, layouts).compactMap { set, layout in layout != nil && layout != sets[set].layout ? set : nil }
    guard !changed.isEmpty else { return [] }
    for set in changed { sets[set].layout = layouts[set] }
    places = doors.map(places)
    return changed
  }

  /// The same element in the layout that its door has now: a part that the key had not is filled in from the door, one that it has no
  /// more is left out. What cannot be said so stays as it was.
  package func relaid(_ element: DoorElement, of door: Int) -> [DoorElement] {
    guard let place = places[door][sets[element.set].family]?[element.set],
      let keys = element.parts.relaid(place.layout, doors[door], to: place.target == nil ? behind(door, element) : nil)
    else { return [element] }
    return keys.map { DoorElement(set: element.set, parts: $0, target: element.target) }
  }

  /// The destinations that flows of the door have in its set.
  private func behind(_ door: Int, _ element: DoorElement) -> IPAddress? {
    doors[door].forward(sets[element.set].family)?.target.address
  }

  /// Why the doors of a set cannot use it as it is declared, in the operator's words.
  package func misfits(of set: Int) -> [String] {
    zip(doors, places).compactMap { door, places in
      guard let place = places[sets[set].family]?[set], let misfit = place.misfit else { return nil }
      return "\(misfit) (door \(door.name))"
    }
  }
}

extension SetCatalog.Entry {
  /// Whether the set holds leases, and what others put beside them.
  var isOfLeases: Bool { !isOfSessions && ban == nil }

  /// The known layout if it holds for another entry of the same set too.
  func layout(as other: SetCatalog.Entry) -> SetLayout? {
    key == other.key && prefix == other.prefix && data == other.data ? layout : nil
  }

  /// The layouts that a door's elements may have, the best first.
  fileprivate var candidates: [SetLayout] {
    [
      layout, key.flatMap { SetLayout(family, $0, prefix: prefix) }, .standard(family, prefix: prefix),
      .plain(family, prefix: prefix),
    ].compactMap { $0 }
  }
}

extension KeyParts {
  fileprivate func has(_ field: KeyField) -> Bool {
    switch field {
    case .sourceAddress: true
    case .destinationAddress: destination != nil
    case .transport: transport != nil
    case .port: port != nil
    case .sourcePort: sourcePort != nil
    }
  }

  /// Nil when the door does not say what the layout asks for.
  fileprivate func relaid(_ layout: SetLayout, _ door: KeeperTables.Door, to host: IPAddress?) -> [KeyParts]? {
    guard source.length == layout.prefix, sourcePort != nil || !layout.has(.sourcePort) else { return nil }
    let targets = (destination ?? host).map { [$0] } ?? door.destinations
    let keys = try? layout.keys(source: source.address, services: services(of: door), destinations: targets)
    return keys?.map { key in
      var key = key
      if layout.has(.sourcePort) { key.sourcePort = sourcePort }
      return key
    }
  }

  /// The services that an element with these parts stands for.
  private func services(of door: KeeperTables.Door) -> [Service] {
    if let transport, let port { return [Service(transport, port)] }
    return door.services.filter { service in
      (transport ?? service.transport) == service.transport && (port.map { service.ports?.contains($0) == true } ?? true)
    }
  }
}

extension IPAddress {
  fileprivate static func unspecified(_ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: .v4(.zero)
    case .ipv6: .v6(.zero)
    }
  }
}
