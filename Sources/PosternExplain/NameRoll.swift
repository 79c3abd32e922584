// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables

/// Who and what the numbers in a reading stand for.
struct NameRoll {
  private let keys: [KeeperTables.ClientKey]
  private let users: [KeeperTables.User]
  private let doors: [(id: DoorID, name: Name)]
  private let defaultDoors: [Int?]
  private let keyDoors: [Int?]

  /// The two tables are of one configuration: their indices agree.
  init(_ gate: GateTables, _ keeper: KeeperTables) {
    keys = keeper.keys
    users = keeper.users
    doors = zip(gate.doors, keeper.doors).map { ($0.id, $1.name) }
    defaultDoors = gate.users.map(\.defaultDoor)
    keyDoors = gate.keys.map(\.door)
  }

  /// What a known key said; nil for everything else.
  func claim(_ reading: Reading) -> Claim? {
    switch reading {
    case .refused, .step: nil
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
    switch knock.wish {
    case .door(nil): .byDefault(standardDoor(of: knock.key, user: user))
    case .door(let id?): doors.first { $0.id == id }.map { .named($0.name) } ?? .unknown(id)
    case .services(let services): .services(services)
    case .forward(let service, let target): .forward(service, target)
    case .command(let text): .command(text.printable)
    }
  }

  private func standardDoor(of key: KeyIndex, user: Int) -> Name? {
    let own = keyDoors.indices.contains(key.value) ? keyDoors[key.value] : nil
    let number = own ?? (defaultDoors.indices.contains(user) ? defaultDoors[user] : nil)
    return number.flatMap { doors.indices.contains($0) ? doors[$0].name : nil }
  }
}

extension [UInt8] {
  fileprivate var printable: String { String(map { (0x20...0x7e).contains($0) ? Character(Unicode.Scalar($0)) : "?" }) }
}
