// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables
package import PosternWire

extension Configuration {
  /// `[users.NAME]`: who may open what.
  package struct User: Sendable {
    package let name: Located<Name>
    /// Indices into ``Configuration/doors``: those that he names, or else those that name him.
    package let doors: [Int]
    /// Doors that he names, but whose own list of users leaves him out.
    package let deniedDoors: [Int]
    package let defaultDoor: Int?
    /// Seconds.
    package let longestLease: UInt32
    package let mayUsePacketSource: Bool
    /// Empty admits any address.
    package let sources: [AddressPrefix]
    package let validity: Validity
    package let rate: UserRate
    package let isDisabled: Bool
    /// His knocks are decided and audited, and open nothing.
    package let observesOnly: Bool
    /// The end of the validity cuts open sessions, too.
    package let cutsAtEnd: Bool
    package let hours: Hours?
    /// Indices into ``Configuration/actions``: what his knocks may start.
    package let actions: [Int]
    package let keys: [ClientKey]
  }
}

extension Configuration.User {
  static func all(
    _ section: inout Section, doors: [Configuration.Door], _ actions: ActionDirectory
  ) -> [Configuration.User] {
    let directory = DoorDirectory(doors)
    let users = section.named("users", atMost: TableLimits.users) { entry, section in
      Configuration.User(name: .init(entry, &section), &section, directory, actions)
    }.compactMap { $0 }
    complainAboutSharedKeys(users, section)
    Configuration.DoormanKey.complainAboutSharedGroups(users, section)
    Configuration.TumblerKey.complainAboutNumber(users, section)
    Configuration.HeaderKey.complainAboutNumber(users, section)
    return users
  }

  private init?(
    name: Located<Name>?, _ section: inout Section, _ directory: DoorDirectory, _ actionDirectory: ActionDirectory
  ) {
    let named = Self.doors(&section, of: name?.value, directory)
    let doors = named.filter { directory.admits(name?.value, to: $0) }
    let standard = Self.defaultDoor(&section, among: doors, directory)
    let longest = section.lease("longest")?.value ?? TableLimits.longestLease
    let packetSource = section.boolean("packet-source")?.value ?? false
    let sources = section.texts("sources", .prefix, 1...TableLimits.sourcesPerUser)?.map(\.value) ?? []
    let validity = section.validity()
    let rate = UserRate(&section)
    let isDisabled = section.boolean("disabled")?.value ?? false
    let observesOnly = section.boolean("observe-only")?.value ?? false
    let cutsAtEnd = section.boolean("cut-at-end")?.value ?? false
    let hours = Configuration.Hours(&section)
    let actions = actionDirectory.indices(&section, "actions", atMost: TableLimits.actions)
    let keys = Configuration.ClientKey.all(&section, directory, actionDirectory.limited(to: actions))
    guard let name else { return nil }
    self.init(
      name: name, doors: doors, deniedDoors: named.filter { !doors.contains($0) }, defaultDoor: standard, longestLease: longest,
      mayUsePacketSource: packetSource, sources: sources, validity: validity, rate: rate, isDisabled: isDisabled,
      observesOnly: observesOnly, cutsAtEnd: cutsAtEnd, hours: hours, actions: actions, keys: keys)
  }

  /// The doors that the user names; without `doors` those that name him, of which there must then be one unless he has actions.
  private static func doors(_ section: inout Section, of name: Name?, _ directory: DoorDirectory) -> [Int] {
    let offered = name.flatMap { directory.offered[$0] } ?? []
    guard section.entry("doors") == nil, !offered.isEmpty || section.entry("actions") != nil else {
      return section.requiredTexts("doors", .name, 1...TableLimits.doors).compactMap { directory.index(of: $0, section) }
    }
    return offered
  }

  /// The door that `default` names, which must be one of the user's; without it the only door.
  private static func defaultDoor(_ section: inout Section, among doors: [Int], _ directory: DoorDirectory) -> Int? {
    guard let wished = section.text("default", .name) else { return doors.count == 1 ? doors.first : nil }
    guard !doors.isEmpty else { return nil }
    guard let index = directory.indices[wished.value], doors.contains(index) else {
      let hint = Spelling.hint(for: wished.value.description, among: doors.map { directory.names[$0] })
      section.complain(
        "\"default\" is \(wished.value.description.quoted), which is none of \"doors\"" + hint, at: wished.position)
      return nil
    }
    return index
  }

  /// Two users with one key would be one user with two names.
  private static func complainAboutSharedKeys(_ users: [Configuration.User], _ section: Section) {
    var holders: [Bytes32: String] = [:]
    for user in users {
      for key in user.keys {
        guard case .spa(let spa) = key.form else { continue }
        let holder = "\(user.name.value)/\(key.name.value)"
        if let other = holders.updateValue(holder, forKey: spa.publicKey.value) {
          section.complain("this public key is already that of \(other)", at: spa.publicKey.position)
        }
      }
    }
    if users.reduce(0, { $0 + $1.keys.count }) > TableLimits.keys {
      section.complain("there are more than \(TableLimits.keys) client keys")
    }
  }
}

/// Finds doors by name, and by whom they are for.
struct DoorDirectory {
  let indices: [Name: Int]
  let names: [String]
  /// The doors that keep addresses out.
  let bans: Set<Int>
  /// The doors whose own list names a user.
  let offered: [Name: [Int]]
  /// Of each door, where it has a list.
  private let users: [Set<Name>?]

  init(_ doors: [Configuration.Door]) {
    indices = Dictionary(zip(doors.map(\.name.value), doors.indices)) { first, _ in first }
    names = doors.map(\.name.value.description)
    bans = Set(doors.indices.filter { doors[$0].isBan })
    users = doors.map { $0.users.map { Set($0.map(\.value)) } }
    var offered: [Name: [Int]] = [:]
    for (index, door) in doors.enumerated() {
      for user in door.users ?? [] { offered[user.value, default: []].append(index) }
    }
    self.offered = offered
  }

  /// Whether a door's own list, if it has one, names the user.
  func admits(_ user: Name?, to door: Int) -> Bool {
    guard let users = users[door], let user else { return true }
    return users.contains(user)
  }

  /// A key that bans needs a door that does, and no other key may have one: it would open what drops.
  func checkBan(_ deed: Deed, at door: Int?, _ section: Section) {
    let isBan = door.map { bans.contains($0) } ?? false
    if case .ban = deed, !isBan { section.complain("does = \"ban\" needs a \"door\" with bans = true") }
    if case .asAsked = deed, isBan { section.complain("a door with bans = true needs: does = \"ban\"") }
  }

  /// Nil after a complaint.
  func index(of door: Located<Name>, _ section: Section) -> Int? {
    guard let index = indices[door.value] else {
      let name = door.value.description
      section.complain("unknown door \(name.quoted)" + Spelling.hint(for: name, among: names), at: door.position)
      return nil
    }
    return index
  }
}
