// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

/// The addresses that a knock's claims and the packet's source come down to at one door.
struct AddressBinding {
  private(set) var ipv4: IPv4Address?
  private(set) var ipv6: IPv6Address?
  private(set) var notes: Grant.Notes = []

  /// Refuses modes that the door or the user has no leave for, disagreement with the packet's source, and when no family is left.
  ///
  /// A close that names no family at all closes everything; one whose families all fell away must not turn into that.
  init(_ knock: Knock, from source: PacketSource, user: GateTables.User, door: GateTables.Door) throws(Denial) {
    if knock.closesAll { return }
    let modes = knock.ipv4.mode.union(knock.ipv6.mode)
    guard modes.isSubset(of: door.addresses) else { throw .addressModeNotPermitted }
    guard user.mayUsePacketSource || modes.isSubset(of: .named) else { throw .addressModeNotPermitted }
    ipv4 = serve(knock.ipv4, try bind(knock.ipv4, source.ipv4), door.hasIPv4)
    ipv6 = serve(knock.ipv6, try bind(knock.ipv6, source.ipv6), door.hasIPv6)
    guard ipv4 != nil || ipv6 != nil else { throw .noFamilyLeft }
  }

  /// Refuses addresses that no client can have; see ``AddressRule``.
  func checkClass(linkLocal: Bool) throws(Denial) {
    if let ipv4, !AddressRule.admits(ipv4, linkLocal: linkLocal) { throw .addressNotAllowed }
    if let ipv6, !AddressRule.admits(ipv6, linkLocal: linkLocal) { throw .addressNotAllowed }
  }

  /// `source` is nil when the packet came over the other family.
  private mutating func bind<Address>(_ claim: AddressClaim<Address>, _ source: Address?) throws(Denial) -> Address? {
    switch claim {
    case .none: return nil
    case .named(let address, _): return address
    case .packetSource:
      if source == nil { notes.insert(.familySkipped) }
      return source
    case .bothAgree(let address, _):
      guard address == source else { throw .sourceMismatch }
      return address
    }
  }

  private mutating func serve<Address>(_ claim: AddressClaim<Address>, _ address: Address?, _ hasSet: Bool) -> Address? {
    guard let address else { return nil }
    guard hasSet else {
      notes.insert(.familyNotServed)
      return nil
    }
    if claim.takesPacketSource { notes.insert(.packetSource) }
    return address
  }
}

extension Knock {
  fileprivate var closesAll: Bool { action == .close && ipv4 == .none && ipv6 == .none }
}

extension AddressClaim {
  /// The client's port, where the claim names one.
  var port: Port? {
    switch self {
    case .none: nil
    case .named(_, let port), .packetSource(let port), .bothAgree(_, let port): port
    }
  }
}

extension PacketSource {
  fileprivate var ipv4: IPv4Address? {
    guard case .v4(let address) = address else { return nil }
    return address
  }

  fileprivate var ipv6: IPv6Address? {
    guard case .v6(let address) = address else { return nil }
    return address
  }
}
