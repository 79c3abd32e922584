// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables
package import PosternWire

extension Configuration {
  /// `[users.NAME]`: who may open what.
  package struct User: Sendable {
    package let name: Located<Name>
    /// Indices into ``Configuration/doors``.
    package let doors: [Int]
    package let defaultDoor: Int?
    /// Seconds.
    package let longestLease: UInt32
    package let mayUsePacketSource: Bool
    /// Empty admits any address.
    package let sources: [AddressPrefix]
    package let validity: Validity
    /// The end of the validity cuts open sessions, too.
    package let cutsAtEnd: Bool
    package let keys: [ClientKey]
  }
}

extension Configuration.User {
  static func all(_ section: inout Section, doors: [Configuration.Door]) -> [Configuration.User] {
    let directory = DoorDirectory(doors)
    let users = section.named("users", atMost: TableLimits.users) { entry, section in
      Configuration.User(name: .init(entry, &section), &section, directory)
    }.compactMap { $0 }
    complainAboutSharedKeys(users, section)
    return users
  }

  private init?(name: Located<Name>?, _ section: inout Section, _ directory: DoorDirectory) {
    let doors = section.requiredTexts("doors", .name, 1...TableLimits.doors)
    let indices = doors.compactMap { directory.index(of: $0, section) }
    let standard = Self.defaultDoor(&section, among: doors, directory)
    let longest = section.lease("longest")?.value ?? TableLimits.longestLease
    let packetSource = section.boolean("packet-source")?.value ?? false
    let sources = section.texts("sources", .prefix, 1...TableLimits.sourcesPerUser)?.map(\.value) ?? []
    let validity = section.validity()
    let cutsAtEnd = section.boolean("cut-at-end")?.value ?? false
    let keys = Configuration.ClientKey.all(&section)
    guard let name else { return nil }
    self.init(
      name: name, doors: indices, defaultDoor: standard, longestLease: longest, mayUsePacketSource: packetSource,
      sources: sources, validity: validity, cutsAtEnd: cutsAtEnd, keys: keys)
  }

  /// The door that `default` names, which must be one of the user's; without it the only door.
  private static func defaultDoor(
    _ section: inout Section, among doors: [Located<Name>], _ directory: DoorDirectory
  ) -> Int? {
    guard let wished = section.text("default", .name) else {
      return doors.count == 1 ? doors.first.flatMap { directory.indices[$0.value] } : nil
    }
    guard !doors.isEmpty else { return nil }
    guard doors.contains(where: { $0.value == wished.value }) else {
      let hint = Spelling.hint(for: wished.value.description, among: doors.map(\.value.description))
      section.complain(
        "\"default\" is \(wished.value.description.quoted), which is none of \"doors\"" + hint, at: wished.position)
      return nil
    }
    return directory.indices[wished.value]
  }

  /// Two users with one key would be one user with two names.
  private static func complainAboutSharedKeys(_ users: [Configuration.User], _ section: Section) {
    var holders: [Bytes32: String] = [:]
    for user in users {
      for key in user.keys {
        let holder = "\(user.name.value)/\(key.name.value)"
        if let other = holders.updateValue(holder, forKey: key.publicKey.value) {
          section.complain("this public key is already that of \(other)", at: key.publicKey.position)
        }
      }
    }
    if users.reduce(0, { $0 + $1.keys.count }) > TableLimits.keys {
      section.complain("there are more than \(TableLimits.keys) client keys")
    }
  }
}

/// Finds doors by name.
struct DoorDirectory {
  let indices: [Name: Int]
  private let names: [String]

  init(_ doors: [Configuration.Door]) {
    indices = Dictionary(zip(doors.map(\.name.value), doors.indices)) { first, _ in first }
    names = doors.map(\.name.value.description)
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
