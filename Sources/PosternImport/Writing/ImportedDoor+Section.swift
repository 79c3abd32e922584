// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension ImportedDoor {
  func section(acceptsWeak: Bool) -> TomlSection {
    var section = TomlSection(path: ["doors", name], comments: [originComment(origins)] + comments)
    section.fields = sets + [TomlField("ports", .texts(content.services.map(\.description)))] + times + forward
    if content.isOnce { section.fields.append(TomlField("once", .flag(true))) }
    if admitsPacketSource { section.fields.append(TomlField("packet-source", .flag(true))) }
    section.fields += actions + strength.fields(accepted: acceptsWeak)
    section.isOff = isIncomplete
    if strength < .authenticated, !acceptsWeak { section.comments.append(Self.warning(strength)) }
    return section
  }

  private var sets: [TomlField] {
    if let set = content.ownSet {
      let (own, other) = set.family == .ipv4 ? ("set4", "set6") : ("set6", "set4")
      return [TomlField("table", set.table), TomlField(own, set.name), TomlField(other, "")]
    }
    return [(AddressFamily.ipv4, "set4"), (.ipv6, "set6")].filter { !content.families.contains($0.0) }.map { TomlField($0.1, "") }
  }

  private var times: [TomlField] {
    [TomlField("lease", durationText(content.lease)), TomlField("longest", durationText(content.longest))]
  }

  private var forward: [TomlField] {
    guard let forward = content.forward else { return [] }
    let target: [TomlField] = [
      TomlField("map", "inet filter hosts4"), TomlField("to", "\(forward.address):\(forward.port)"),
    ]
    return [TomlField("forward4", .table(target))]
  }

  private var actions: [TomlField] {
    [("on-open", content.onOpen), ("on-close", content.onClose)].compactMap { key, action in
      action.map { TomlField(key, .texts([$0])) }
    }
  }

  private static func warning(_ strength: Strength) -> String {
    let danger =
      strength == .plain
      ? "Whoever sees such a knock can repeat it, from anywhere."
      : "Such a knock proves less than Postern demands of itself: its cryptography is weak or binds no address."
    return danger
      + " The door stays shut to it, and its keys are switched off, until you accept that (posternctl import --accept-weak)."
  }
}

extension Strength {
  /// What Postern's configuration wants to read before a weak knock opens anything.
  private static let weakWords = "an observer can repeat these knocks"

  /// What allows knocks of this strength, switched off where nobody accepted them; nothing for the strongest.
  func fields(accepted: Bool) -> [TomlField] {
    guard self < .authenticated else { return [] }
    return [
      TomlField("weakest", .text(word), isOff: !accepted), TomlField("allow-weak", .text(Self.weakWords), isOff: !accepted),
    ]
  }

  /// As the configuration writes it.
  var word: String {
    switch self {
    case .plain: "plain"
    case .keyed: "keyed"
    case .authenticated: "authenticated"
    }
  }
}

/// `From a.conf:3, b.conf:7.`
func originComment(_ origins: [ImportPosition]) -> String { "From \(origins.map(\.description).joined(separator: ", "))." }

/// The shortest exact form that the configuration reads.
func durationText(_ seconds: UInt32) -> String {
  let units: [(UInt32, String)] = [(86_400, "d"), (3600, "h"), (60, "m")]
  guard seconds != 0, let unit = units.first(where: { seconds.isMultiple(of: $0.0) }) else { return "\(seconds)s" }
  return "\(seconds / unit.0)\(unit.1)"
}
