// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternTables
import PosternWire

extension GrantRules {
  /// A key of a user at a door, and the longest lease that it may get now.
  struct Claim {
    var user: Int
    var key: Int
    var door: Int
    /// Seconds.
    var longest: UInt32
  }

  /// What these names stand for; refuses what a knock in their name could not get. Without `key` the first valid one of the user counts.
  func claim(user: Name, key: Name?, door: Name, at now: Timestamp) throws(OperatorRefusal) -> Claim {
    guard let userIndex = tables.users.firstIndex(where: { $0.name == user }) else { throw .noUser(user) }
    guard let doorIndex = tables.doors.firstIndex(where: { $0.name == door }) else { throw .noDoor(door) }
    let keyIndex = try self.key(key, of: userIndex, at: now)
    guard userDoors[userIndex].contains(doorIndex) else { throw .denied(.doorNotPermitted) }
    let validities = [tables.users[userIndex].validity, tables.keys[keyIndex].validity]
    guard validities.allSatisfy({ $0.contains(now) }) else { throw .denied(.keyNotValid) }
    let left = validities.compactMap { $0.secondsLeft(at: now) }.min() ?? .max
    guard left >= 1 else { throw .denied(.keyNotValid) }
    let longest = min(tables.doors[doorIndex].longestLease, tables.users[userIndex].longestLease)
    return Claim(user: userIndex, key: keyIndex, door: doorIndex, longest: UInt32(min(UInt64(longest), left)))
  }

  private func key(_ name: Name?, of user: Int, at now: Timestamp) throws(OperatorRefusal) -> Int {
    guard let name else {
      guard let first = tables.keys.firstIndex(where: { $0.user == user && $0.validity.contains(now) }) else {
        throw .denied(.keyNotValid)
      }
      return first
    }
    guard let index = tables.keys.firstIndex(where: { $0.user == user && $0.name == name }) else {
      throw .noKey(user: tables.users[user].name, key: name)
    }
    return index
  }

  /// The elements of each lease that an opening means: an address of either family a lease, as in a knock.
  func elements(_ opening: OperatorOpening, _ claim: Claim, own: Set<IPAddress>) throws(OperatorRefusal) -> [[DoorElement]] {
    let addresses = opening.addresses.distinct
    if let denial = refuse(addresses, user: tables.users[claim.user], door: tables.doors[claim.door], own: own) {
      throw .denied(denial)
    }
    let families = AddressFamily.allCases.map { family in addresses.filter { $0.family == family } }
    let leases = (0..<(families.map(\.count).max() ?? 0)).map { index in
      elements(families.compactMap { $0.indices.contains(index) ? $0[index] : nil }, door: claim.door)
    }
    guard !leases.isEmpty, leases.allSatisfy({ !$0.isEmpty }) else { throw .denied(.noFamilyLeft) }
    guard leases.allSatisfy({ $0.count <= TableLimits.elementsPerLease }) else { throw .denied(.setUnsuited) }
    // Addresses of one network may come to the same element.
    return leases.distinct
  }
}

extension Array where Element: Hashable {
  fileprivate var distinct: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
