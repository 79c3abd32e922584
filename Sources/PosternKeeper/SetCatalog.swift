// SPDX-License-Identifier: Apache-2.0
package import PosternTables
package import PosternWire

/// The distinct sets of all doors and how their keys are made; several doors may share a set.
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
    /// The set holds what came through one-shot doors, not leases.
    package var isOfSessions = false
    /// As last seen in the kernel; nil while the set was never seen.
    package var layout: SetLayout?
  }

  package private(set) var sets: [Entry] = []
  let doors: [KeeperTables.Door]
  private var places: [DoorPlaces] = []

  package init(_ tables: KeeperTables) {
    doors = tables.doors
    let indices = tables.doors.map { door in (join(door, .ipv4), join(door, .ipv6)) }
    places = zip(tables.doors, indices).map { door, sets in
      DoorPlaces(ipv4: place(door, sets.0), ipv6: place(door, sets.1))
    }
    for door in tables.doors { for family in AddressFamily.allCases { joinSessions(door, family) } }
  }

  /// The set of the flows that came through a one-shot door; several doors may share it.
  private mutating func joinSessions(_ door: KeeperTables.Door, _ family: AddressFamily) {
    guard let reference = door.sessions(family) else { return }
    let entry = Entry(
      reference: reference, family: family, key: SetLayout.session(family).fields, prefix: family.width, isOfSessions: true)
    if place(of: entry) == nil { sets.append(entry) }
  }

  /// The place of the door's set in ``sets``, which it joins when no door before had it.
  private mutating func join(_ door: KeeperTables.Door, _ family: AddressFamily) -> Int? {
    guard let reference = door.set(family) else { return nil }
    let entry = Entry(reference: reference, family: family, key: door.key, prefix: door.prefix(family))
    if let known = place(of: entry) { return known }
    sets.append(entry)
    return sets.count - 1
  }

  /// What a door has in one set.
  private struct Place: Sendable {
    var set: Int
    var layout: SetLayout
    /// The keys of a lease, with a source that is yet to be filled in.
    var keys: [KeyParts]
    /// Why the set's own layout is not the one.
    var misfit: SetLayout.Misfit?
  }

  private struct DoorPlaces: Sendable {
    var ipv4: Place?
    var ipv6: Place?

    subscript(family: AddressFamily) -> Place? {
      switch family {
      case .ipv4: ipv4
      case .ipv6: ipv6
      }
    }
  }

  /// Nil where none of the door's services runs over the set's family.
  private func place(_ door: KeeperTables.Door, _ set: Int?) -> Place? {
    guard let set else { return nil }
    let entry = sets[set]
    var misfit: SetLayout.Misfit?
    for layout in entry.candidates {
      do throws(SetLayout.Misfit) {
        let keys = try layout.keys(source: .unspecified(entry.family), services: door.services, destinations: door.destinations)
        return Place(set: set, layout: layout, keys: keys, misfit: misfit)
      } catch {
        if layout == entry.layout { misfit = error }
      }
    }
    return nil
  }
}

extension SetCatalog {
  /// The place of the set that another catalog means by this entry.
  func place(of other: Entry) -> Int? { sets.firstIndex { $0.reference == other.reference && $0.family == other.family } }

  package func set(of door: Int, _ family: AddressFamily) -> Int? { places[door][family]?.set }

  /// The place of the set that holds what comes through a one-shot door.
  package func sessionSet(of door: Int, _ family: AddressFamily) -> Int? {
    doors[door].sessions(family).flatMap { reference in sets.firstIndex { $0.reference == reference && $0.family == family } }
  }

  /// The elements of a lease for this address at a door, and for this port of it where the keys have one; none where the door does not
  /// serve the family, or needs a port and gets none.
  package func elements(of door: Int, for address: IPAddress, port: Port? = nil) -> [DoorElement] {
    guard let place = places[door][address.family] else { return [] }
    let port = place.layout.has(.sourcePort) ? port : nil
    guard port != nil || !place.layout.has(.sourcePort) else { return [] }
    let source = AddressPrefix(around: address, length: place.layout.prefix)
    return place.keys.map { key in
      var parts = key
      parts.source = source
      parts.sourcePort = port
      return DoorElement(set: place.set, parts: parts)
    }
  }

  /// The element's key as nft writes it, in the layout that its set has or, where that is not known, is assumed to have.
  package func nft(_ element: DoorElement) -> String {
    let entry = sets[element.set]
    let layouts = entry.candidates.filter { layout in KeyField.allCases.allSatisfy { element.parts.has($0) == layout.has($0) } }
    return element.parts.nft(layouts.first ?? .plain(entry.family))
  }

  /// How many elements of one family a lease at a door has.
  package func elementsPerLease(at door: Int, _ family: AddressFamily) -> Int { places[door][family]?.keys.count ?? 0 }

  /// Takes up how the keys of the sets are made now, by their place; nil leaves what was known, for a set that is gone comes back.
  /// Answers the sets whose keys are made otherwise than was known.
  package mutating func take(_ layouts: [SetLayout?]) -> [Int] {
    let changed = zip(sets.indices, layouts).compactMap { set, layout in layout != nil && layout != sets[set].layout ? set : nil }
    guard !changed.isEmpty else { return [] }
    for set in changed { sets[set].layout = layouts[set] }
    places = zip(doors, places).map { door, old in
      DoorPlaces(ipv4: place(door, old.ipv4?.set), ipv6: place(door, old.ipv6?.set))
    }
    return changed
  }

  /// The same element in the layout that its door has now: a part that the key had not is filled in from the door, one that it has no
  /// more is left out. What cannot be said so stays as it was.
  package func relaid(_ element: DoorElement, of door: Int) -> [DoorElement] {
    guard let place = places[door][sets[element.set].family], place.set == element.set,
      let keys = element.parts.relaid(place.layout, doors[door])
    else { return [element] }
    return keys.map { DoorElement(set: element.set, parts: $0) }
  }

  /// Why the doors of a set cannot use it as it is declared, in the operator's words.
  package func misfits(of set: Int) -> [String] {
    zip(doors, places).compactMap { door, places in
      guard let place = places[sets[set].family], place.set == set, let misfit = place.misfit else { return nil }
      return "\(misfit) (door \(door.name))"
    }
  }
}

extension SetCatalog.Entry {
  /// The known layout if it holds for another entry of the same set too.
  func layout(as other: SetCatalog.Entry) -> SetLayout? { key == other.key && prefix == other.prefix ? layout : nil }

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
  fileprivate func relaid(_ layout: SetLayout, _ door: KeeperTables.Door) -> [KeyParts]? {
    guard source.length == layout.prefix, sourcePort != nil || !layout.has(.sourcePort) else { return nil }
    let targets = destination.map { [$0] } ?? door.destinations
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
