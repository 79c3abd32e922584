// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables

/// Who and what the numbers in a reading stand for.
struct NameRoll {
  private let keys: [KeeperTables.ClientKey]
  private let users: [KeeperTables.User]
  private let doors: [(id: DoorID, name: Name)]
  private let defaultDoors: [Int?]

  /// The two tables are of one configuration: their indices agree.
  init(_ gate: GateTables, _ keeper: KeeperTables) {
    keys = keeper.keys
    users = keeper.users
    doors = zip(gate.doors, keeper.doors).map { ($0.id, $1.name) }
    defaultDoors = gate.users.map(\.defaultDoor)
  }

  /// What a known key said; nil for everything else.
  func claim(_ reading: Reading) -> Claim? {
    switch reading {
    case .refused: nil
    case .refusedKnown(_, let key): claim(of: key, nil)
    case .knock(let knock): claim(of: knock.key, knock)
    }
  }

  private func claim(of index: KeyIndex, _ knock: Knock?) -> Claim? {
    guard keys.indices.contains(index.value), users.indices.contains(keys[index.value].user) else { return nil }
    let key = keys[index.value]
    return Claim(user: users[key.user].name, key: key.name, door: knock.map { door($0, ofUser: key.user) }, knock: knock)
  }

  private func door(_ knock: Knock, ofUser user: Int) -> Claim.Door {
    guard let id = knock.door else {
      let number = defaultDoors.indices.contains(user) ? defaultDoors[user] : nil
      return .byDefault(number.flatMap { doors.indices.contains($0) ? doors[$0].name : nil })
    }
    guard let door = doors.first(where: { $0.id == id }) else { return .unknown(id) }
    return .named(door.name)
  }
}
