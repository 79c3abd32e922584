// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

/// The keys of a door that say what its elements are made of: `ports`, `destination`, `key`, `prefix4` and `prefix6`.
struct DoorKey {
  let services: [Service]
  let destinations: [IPAddress]
  /// Nil leaves it to the sets.
  let key: [KeyField]?
  let prefix4: UInt8
  let prefix6: UInt8
  private let forward: DoorForward

  init(_ section: inout Section, serves families: [AddressFamily], _ forward: DoorForward) {
    self.forward = forward
    services = section.requiredTexts("ports", .service, 1...TableLimits.servicesPerDoor).map(\.value)
    destinations = section.texts("destination", .address, 1...TableLimits.destinationsPerDoor)?.map(\.value) ?? []
    key = Self.key(&section)
    prefix4 = section.prefix("prefix4", in: TableLimits.prefixes4)
    prefix6 = section.prefix("prefix6", in: TableLimits.prefixes6)
    checkServices(&section, key, families)
    checkCount(&section, families)
  }

  /// The parts in their order, the source address among them.
  private static func key(_ section: inout Section) -> [KeyField]? {
    let fields = section.texts("key", .keyField, 1...KeyField.allCases.count)
    guard let fields else { return nil }
    guard fields.contains(where: { $0.value == .sourceAddress }) else {
      section.complain(
        "\"key\" needs \"source-address\": without it a lease would admit everybody", at: section.entry("key")?.node.position)
      return nil
    }
    return fields.map(\.value)
  }

  /// What the demanded key asks for has to be there.
  private func checkServices(_ section: inout Section, _ key: [KeyField]?, _ families: [AddressFamily]) {
    guard let key else { return }
    for family in families {
      guard let layout = SetLayout(family, key) else { return }
      do throws(SetLayout.Misfit) {
        _ = try keys(layout, behind(family))
      } catch {
        section.complain("\(error)", at: section.entry("key")?.node.position)
        return
      }
    }
  }

  /// Counts the elements of a lease; without `key` the sets may have the key that tells most apart.
  private func checkCount(_ section: inout Section, _ families: [AddressFamily]) {
    let count = families.reduce(0) { $0 + mostInSet($1) + mostInMap($1) }
    guard count > TableLimits.elementsPerLease else { return }
    let hint = key == nil ? "; name fewer \"ports\", or say with \"key\" what the key of its sets is" : ""
    section.complain(
      "a lease of [\(section.title)] may have \(count) elements, at most \(TableLimits.elementsPerLease) are possible\(hint)")
  }

  /// The destinations that flows have where the set is asked.
  private func behind(_ family: AddressFamily) -> [IPAddress] { forward[family]?.target.address.map { [$0] } ?? destinations }

  private func mostInSet(_ family: AddressFamily) -> Int {
    guard let layout = key.flatMap({ SetLayout(family, $0) }) else { return most(family, behind(family)) }
    return (try? keys(layout, behind(family)).count) ?? 0
  }

  private func mostInMap(_ family: AddressFamily) -> Int { forward[family] == nil ? 0 : most(family, destinations) }

  private func most(_ family: AddressFamily, _ destinations: [IPAddress]) -> Int {
    // Ports are told apart only where all of them can be: ranges shut out keys with a port.
    let fields: [KeyField] = [.sourceAddress, .destinationAddress, .transport, .port]
    let richest = [
      fields, fields.filter { $0 != .port }, fields.filter { $0 != .destinationAddress }, [.sourceAddress, .transport],
    ]
    return richest.compactMap { SetLayout(family, $0) }.compactMap { try? keys($0, destinations).count }.max() ?? 0
  }

  private func keys(_ layout: SetLayout, _ destinations: [IPAddress]) throws(SetLayout.Misfit) -> [KeyParts] {
    let anybody: IPAddress = layout.family == .ipv4 ? .v4(.zero) : .v6(.zero)
    return try layout.keys(source: anybody, services: services, destinations: destinations)
  }
}

extension Section {
  /// A mask's leading bits; the most that are possible when nothing is said.
  fileprivate mutating func prefix(_ key: String, in range: ClosedRange<UInt8>) -> UInt8 {
    let found = integer(key, in: Int64(range.lowerBound)...Int64(range.upperBound))
    return found.map { UInt8(clamping: $0.value) } ?? range.upperBound
  }
}
