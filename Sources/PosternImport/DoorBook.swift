// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// The doors that come up: those that open the same are one.
struct DoorBook: Sendable {
  private(set) var doors: [ImportedDoor] = []
  private var names = NameBook()
  private var indices: [ImportedDoor.Content: Int] = [:]

  /// The door with this content, made where it is missing. A weaker knock makes it a weaker door.
  mutating func door(
    _ content: ImportedDoor.Content, for strength: Strength, at origin: ImportPosition, admitsPacketSource: Bool
  ) -> String {
    guard let index = indices[content] else {
      let name = names.name(for: Self.title(content), or: "door")
      indices[content] = doors.count
      doors.append(
        ImportedDoor(
          name: name, content: content, origins: [origin], strength: strength, admitsPacketSource: admitsPacketSource))
      return name
    }
    if !doors[index].origins.contains(origin) { doors[index].origins.append(origin) }
    doors[index].strength = min(doors[index].strength, strength)
    doors[index].admitsPacketSource = doors[index].admitsPacketSource || admitsPacketSource
    return doors[index].name
  }

  /// A door that opens the same for another time.
  func door(like content: ImportedDoor.Content) -> ImportedDoor? {
    doors.first {
      $0.content.services == content.services && $0.content.ownSet == content.ownSet && $0.content.forward == content.forward
        && !$0.content.families.isDisjoint(with: content.families)
    }
  }

  mutating func comment(_ text: String, on name: String) {
    guard let index = doors.firstIndex(where: { $0.name == name }), !doors[index].comments.contains(text) else { return }
    doors[index].comments.append(text)
  }

  /// `tcp-22`, `tcp-80-443`, the name of the administrator's set.
  private static func title(_ content: ImportedDoor.Content) -> String {
    let services = content.services.map { "\($0)" }.joined(separator: "-")
    if let forward = content.forward { return "\(services)-to-\(forward.address)" }
    return content.ownSet?.name ?? services
  }
}
