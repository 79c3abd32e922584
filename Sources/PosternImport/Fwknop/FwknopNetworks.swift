// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// The networks of SOURCE and DESTINATION.
enum FwknopNetworks {
  enum Meaning: Hashable, Sendable {
    case any
    case networks([AddressPrefix])
  }

  /// As many as a key takes.
  private static let most = 64

  /// `ANY`, or addresses and networks, by a mask's length or its four numbers. Nothing readable is no network, never any.
  static func read(_ value: ForeignValue, _ notes: inout ImportNotes) -> Meaning {
    let items = value.text.parts(",").map(\.trimmed).filter { !$0.isEmpty }
    if items.contains("ANY") { return .any }
    var networks: [AddressPrefix] = []
    for item in items.prefix(most) {
      guard let network = network(item) else {
        notes.gap("\(item.quoted) is no IPv4 network", at: value.position)
        continue
      }
      if network.length == 0 { return .any }
      if !networks.contains(network) { networks.append(network) }
    }
    if items.count > most {
      notes.gap("more than \(most) networks: the others are left out", at: value.position)
    }
    return .networks(networks)
  }

  private static func network(_ text: String) -> AddressPrefix? {
    let parts = text.parts("/", atMost: 2)
    guard let address = IPv4Address(parts[0]) else { return nil }
    guard parts.count == 2 else { return AddressPrefix(around: .v4(address), length: 32) }
    guard let length = UInt8(parts[1]).flatMap({ $0 <= 32 ? $0 : nil }) ?? IPv4Address(parts[1]).flatMap(length) else {
      return nil
    }
    return AddressPrefix(around: .v4(address), length: length)
  }

  /// Of a mask of ones, then zeros.
  private static func length(_ mask: IPv4Address) -> UInt8? {
    let ones = (~mask.value).leadingZeroBitCount
    return ones == 32 || mask.value << UInt32(ones) == 0 ? UInt8(ones) : nil
  }
}
