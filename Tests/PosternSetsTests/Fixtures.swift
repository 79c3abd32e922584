// SPDX-License-Identifier: Apache-2.0
import PosternSets
import PosternTables
import PosternWire
import Testing

typealias SetReference = KeeperTables.SetReference

let door4 = SetReference(family: .inet, table: "t", set: "door4")
let door6 = SetReference(family: .inet, table: "t", set: "door6")
let narrow = SetReference(family: .inet, table: "t", set: "narrow")

/// Two doors and one with room for two.
let doors = """
  table inet t {
    set door4 { type ipv4_addr . inet_proto . inet_service; flags timeout; size 4096; }
    set door6 { type ipv6_addr . inet_proto . inet_service; flags timeout; size 4096; }
    set narrow { type ipv4_addr . inet_proto . inet_service; flags timeout; size 2; }
  }
  """

func key(_ address: String, _ service: String = "tcp/22") throws -> ElementKey {
  let family = try #require(IPAddress(address)).family
  return try key(address, service, layout: .standard(family))
}

/// The one key of an address, a service and perhaps a destination under a layout.
func key(_ address: String, _ service: String, to destination: String? = nil, layout: SetLayout) throws -> ElementKey {
  let destinations = try destination.map { [try #require(IPAddress($0))] } ?? []
  let source = try #require(IPAddress(address))
  let services = [try #require(Service(service))]
  let parts = try #require(try layout.keys(source: source, services: services, destinations: destinations).first)
  return try #require(ElementKey(parts, layout))
}

func element(_ address: String, _ service: String = "tcp/22", seconds: UInt32 = 60, comment: String? = nil) throws -> SetElement {
  SetElement(
    key: try key(address, service), timeout: try #require(Milliseconds(seconds: seconds)),
    comment: try comment.map { try #require(ElementComment($0)) })
}

extension NftSocket {
  /// Commits one operation.
  mutating func put(_ element: SetElement, _ set: SetReference) -> SetOutcome.Effect? {
    var batch = SetBatch()
    batch.put(element, in: set, tag: 0)
    return commit(batch).first?.effect
  }

  mutating func remove(_ key: ElementKey, _ set: SetReference) -> SetOutcome.Effect? {
    var batch = SetBatch()
    batch.remove(key, from: set, tag: 0)
    return commit(batch).first?.effect
  }
}
