// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

/// What is wrong with keys whose knocks are plain packets, beyond what each says alone.
extension Compiler {
  private struct SequenceKey {
    let user: Configuration.User
    let key: Configuration.ClientKey

    var title: String { "users.\(user.name.value).keys.\(key.name.value)" }
    var position: ConfigPosition { key.name.position }
  }

  func checkPlainSequences() {
    let keys = configuration.users.flatMap { user in user.keys.map { SequenceKey(user: user, key: $0) } }
    for key in keys { checkDoor(of: key) }
    checkEnds(of: keys)
    checkBeginnings(of: keys)
  }

  /// A sequence names no address: unless user and door take the packet's source, its knocks can open nothing.
  private func checkDoor(of key: SequenceKey) {
    guard let strength = key.key.form.strengthOfSequence, key.key.deed.concernsDoor else { return }
    guard let place = key.key.door ?? key.user.defaultDoor else {
      return complaints.add("this key needs \"door\": its knocks name none, and its user has no default", at: key.position)
    }
    let door = configuration.doors[place]
    let name = "doors.\(door.name.value)"
    if !key.user.doors.contains(place) {
      complaints.add("its knocks are for \(name), which its user may not open", at: key.position)
    }
    if !key.user.mayUsePacketSource || !door.addresses.contains(.packetSource) {
      let owner = key.user.mayUsePacketSource ? name : "users.\(key.user.name.value)"
      complaints.add("its knocks open for the address that they come from: \(owner) needs packet-source = true", at: key.position)
    }
    if strength < door.weakest {
      complaints.add("its knocks are \(strength.word), too weak for \(name)", at: key.position)
    }
  }

  /// Two sequences that the same packets complete: only the first would have its way.
  private func checkEnds(of keys: [SequenceKey]) {
    var others: [[KnockdStep]: [(SequenceKey, [IPAddress])]] = [:]
    for key in keys {
      guard case .knockd(let form) = key.key.form, case .always(let steps) = form.sequences else { continue }
      let equal = others[steps, default: []].first { _, targets in Self.overlap(form.targets, targets) }
      if let equal {
        complaints.add("the same packets are the knock of \(equal.0.title), which would have its way", at: key.position)
      }
      others[steps, default: []].append((key, form.targets))
    }
  }

  private static func overlap(_ one: [IPAddress], _ other: [IPAddress]) -> Bool {
    one.isEmpty || other.isEmpty || !Set(one).isDisjoint(with: other)
  }

  private func checkBeginnings(of keys: [SequenceKey]) {
    let limit = KnockdCredential.mostOfOneBeginning
    var counts: [String: Int] = [:]
    for key in keys {
      guard let beginning = key.key.form.beginning else { continue }
      counts[beginning, default: 0] += 1
      if counts[beginning] == limit + 1 {
        complaints.add("more than \(limit) sequences of \(key.key.form.knockProtocol) begin with \(beginning)", at: key.position)
      }
    }
  }
}

extension Configuration.KeyForm {
  /// What a knock of a plain sequence proves; nil for other forms.
  var strengthOfSequence: Strength? {
    switch self {
    case .spa, .fwknop, .header, .doorman, .ports, .tumbler, .sadoor, .rolling, .syn: nil
    case .knockd(let key): key.isOneTime ? .keyed : .plain
    case .cd00r: .plain
    case .pasmal(let key): key.isPlain ? .plain : .keyed
    }
  }
}

extension Configuration.KeyForm {
  /// The first packet of a plain sequence that always counts.
  fileprivate var beginning: String? {
    switch self {
    case .spa, .fwknop, .header, .doorman, .ports, .tumbler, .pasmal, .sadoor, .rolling, .syn: nil
    case .cd00r(let key): key.credential.ports.first.map { "a SYN to \($0)" }
    case .knockd(let key): if case .always(let steps) = key.sequences { steps.first?.withoutFlags } else { nil }
    }
  }
}

extension Deed {
  fileprivate var concernsDoor: Bool {
    switch self {
    case .asAsked, .close, .ban: true
    case .run: false
    }
  }
}

extension KnockdStep {
  fileprivate var withoutFlags: String {
    switch self {
    case .tcp(let port, _): "tcp/\(port)"
    case .udp, .echo: description
    }
  }
}

extension Strength {
  /// As the configuration says it.
  fileprivate var word: String {
    switch self {
    case .plain: "plain"
    case .keyed: "keyed"
    case .authenticated: "authenticated"
    }
  }
}
