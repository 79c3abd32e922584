// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Configuration {
  /// What an observer could do with each plain sequence.
  var plainSequenceNotices: [String] {
    users.flatMap { user in
      user.keys.compactMap { key in
        key.form.means.map { means in "users.\(user.name.value).keys.\(key.name.value): \(means) \(outcome(key, of: user))" }
      }
    }
  }

  /// The source of packets can be forged, and nothing else says for whom they are.
  private func outcome(_ key: ClientKey, of user: User) -> String {
    let door = (key.door ?? user.defaultDoor).map { "doors.\(doors[$0].name.value)" } ?? "no door"
    return switch key.deed {
    case .asAsked: "opens \(door) for himself or for any address that he puts into the packets"
    case .close: "closes \(door) for any address that he puts into the packets"
    case .ban: "bans any address that he puts into the packets"
    case .run: "starts its action"
    }
  }
}

extension Configuration.KeyForm {
  /// Who has what it takes; nil for forms that an observer learns nothing from.
  fileprivate var means: String? {
    switch self {
    case .spa, .fwknop, .header, .doorman, .ports, .tumbler, .sadoor, .rolling, .syn: nil
    case .pasmal(let key):
      key.isPlain ? "whoever sees the packets of a knock" : "whoever holds the last packet of a knock back and sends it first"
    case .knockd(let key):
      key.isOneTime
        ? "whoever holds the last packet of a sequence back and sends it first"
        : "whoever sees the packets of a knock, or tries the ports in turn,"
    case .cd00r(let key):
      switch key.credential.state {
      case .perSource: "whoever sees the SYNs of a knock, or tries the ports in turn,"
      case .global, .globalOfOneSender:
        "a SYN of anybody to a port of it breaks everybody's knock; whoever sees the SYNs of one, or tries the ports in turn,"
      }
    }
  }
}
