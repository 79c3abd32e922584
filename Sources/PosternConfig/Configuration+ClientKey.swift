// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
import PosternWire

extension Configuration {
  /// `[users.NAME.keys.DEVICE]`: one device of a user, or one other way in which he knocks.
  package struct ClientKey: Sendable {
    package let name: Located<Name>
    package let form: KeyForm
    package let validity: Validity
    /// What knocks that name no door mean: an index into ``Configuration/doors``; nil leaves that to the user.
    package let door: Int?
    package let deed: Deed
    package let limits: KeyLimits
    package let hours: Hours?
  }

  /// What a key is made of, by its protocol.
  package enum KeyForm: Sendable {
    case spa(SPAKey)
    case ports(PortsKey)
    case sadoor(SadoorKey)
    case rolling(RollingKey)
    case knockd(KnockdKey)
    case cd00r(Cd00rKey)
    case pasmal(PasmalKey)
    case doorman(DoormanKey)
    case tumbler(TumblerKey)
    case header(HeaderKey)
    case syn(SynKey)
    case fwknop(FwknopKey)

    package var knockProtocol: KnockProtocol {
      switch self {
      case .spa: .spa
      case .ports(let key): key.knockProtocol
      case .sadoor: .sadoor
      case .rolling: .rolling
      case .knockd: .knockd
      case .cd00r: .cd00r
      case .pasmal: .pasmal
      case .doorman: .doorman
      case .tumbler: .tumbler
      case .header: .header
      case .syn: .syn
      case .fwknop: .fwknop
      }
    }
  }
}

extension Configuration.KeyForm {
  /// Nil after a complaint.
  fileprivate init?(_ knockProtocol: KnockProtocol, _ section: inout Section) {
    switch knockProtocol {
    case .spa:
      guard let key = Configuration.SPAKey(&section) else { return nil }
      self = .spa(key)
    case .ports, .portsClassic:
      guard let key = Configuration.PortsKey(&section) else { return nil }
      self = .ports(key)
    case .sadoor:
      guard let key = Configuration.SadoorKey(&section) else { return nil }
      self = .sadoor(key)
    case .rolling:
      guard let key = Configuration.RollingKey(&section) else { return nil }
      self = .rolling(key)
    case .knockd:
      guard let key = Configuration.KnockdKey(&section) else { return nil }
      self = .knockd(key)
    case .cd00r:
      guard let key = Configuration.Cd00rKey(&section) else { return nil }
      self = .cd00r(key)
    case .pasmal:
      guard let key = Configuration.PasmalKey(&section) else { return nil }
      self = .pasmal(key)
    case .doorman:
      guard let key = Configuration.DoormanKey(&section) else { return nil }
      self = .doorman(key)
    case .tumbler:
      guard let key = Configuration.TumblerKey(&section) else { return nil }
      self = .tumbler(key)
    case .header:
      guard let key = Configuration.HeaderKey(&section) else { return nil }
      self = .header(key)
    case .syn:
      guard let key = Configuration.SynKey(&section) else { return nil }
      self = .syn(key)
    case .fwknop:
      guard let key = Configuration.FwknopKey(&section) else { return nil }
      self = .fwknop(key)
    }
  }
}

extension Configuration.ClientKey {
  static func all(
    _ section: inout Section, _ directory: DoorDirectory, _ actions: ActionDirectory
  ) -> [Configuration.ClientKey] {
    let keys = section.named("keys", atMost: TableLimits.keys) { entry, section in
      Configuration.ClientKey(name: .init(entry, &section), &section, directory, actions)
    }
    return keys.compactMap { $0 }
  }

  private init?(
    name: Located<Name>?, _ section: inout Section, _ directory: DoorDirectory, _ actions: ActionDirectory
  ) {
    let words = KnockProtocol.named.map { ($0.description, $0) }
    let knockProtocol = section.entry("protocol") == nil ? .spa : section.text("protocol", .oneOf(words))?.value
    let form = knockProtocol.flatMap { Configuration.KeyForm($0, &section) }
    let validity = section.validity()
    let door = section.text("door", .name).flatMap { directory.index(of: $0, section) }
    let limits = Configuration.KeyLimits(&section)
    let hours = Configuration.Hours(&section)
    let deed = Self.deed(&section, actions)
    directory.checkBan(deed, at: door, section)
    guard let name, let form else { return nil }
    self.init(name: name, form: form, validity: validity, door: door, deed: deed, limits: limits, hours: hours)
  }

  private static func deed(_ section: inout Section, _ actions: ActionDirectory) -> Deed {
    let words: [(String, Deed)] = [("open", .asAsked), ("close", .close), ("ban", .ban), ("run", .run(0))]
    let deed = section.text("does", .oneOf(words))?.value ?? .asAsked
    let action = section.text("action", .name)
    guard case .run = deed else {
      if let action { section.complain("\"action\" means nothing without: does = \"run\"", at: action.position) }
      return deed
    }
    guard let action else {
      section.require("action")
      return deed
    }
    return .run(actions.index(of: action, isService: false, section) ?? 0)
  }
}

extension Section {
  /// The keys `not-before` and `not-after`, in that order in time.
  mutating func validity() -> Validity {
    let notBefore = time("not-before")
    let notAfter = time("not-after")
    if let notBefore, let notAfter, notAfter.value <= notBefore.value {
      complain("\"not-after\" must be later than \"not-before\"", at: notAfter.position)
    }
    return Validity(notBefore: notBefore?.value, notAfter: notAfter?.value)
  }
}
