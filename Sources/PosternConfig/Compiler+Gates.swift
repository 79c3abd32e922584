// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables

/// What is wrong with several gates.
///
/// Each of them remembers for itself. The keeper sees to it that a knock counts with one of them only, as long as its stamp is good; what
/// has to be remembered longer than that, or told to the next knock, needs one gate.
extension Compiler {
  func checkGates() {
    let (capture, gates) = (configuration.capture, configuration.capture.gates)
    guard gates.value > 1 else { return }
    if capture.groups.count < gates.value {
      complaints.add("\(gates.value) gates need as many groups, not \(capture.groups.count)", at: gates.position)
    }
    for door in configuration.doors where door.hold > 0 {
      complaints.add("packets are held behind all knocks before them, which takes one gate: gates = 1", at: door.name.position)
    }
    for user in configuration.users { checkNeedsNoSingleGate(user) }
  }

  private func checkNeedsNoSingleGate(_ user: Configuration.User) {
    if !user.actions.isEmpty {
      complaints.add("what a knock starts it starts once, which takes one gate: gates = 1", at: user.name.position)
    }
    for key in user.keys {
      guard let reason = key.reasonForOneGate else { continue }
      complaints.add("\(reason), which takes one gate: gates = 1", at: key.name.position)
    }
  }
}

extension Configuration.ClientKey {
  /// Nil for a key of whose knocks nothing counts longer than their stamps are good.
  fileprivate var reasonForOneGate: String? {
    if limits.secondFactor != nil { return "codes count once" }
    if limits.uses != nil { return "uses are counted" }
    if form.remembers { return "its knocks count once for ever" }
    if form.takesAnySource { return "its packets may come from several sources" }
    if let window = form.knockProtocol.window, !window.isStamped { return "its knocks carry no time" }
    switch deed {
    case .run: return "what a knock starts it starts once"
    case .asAsked, .close, .ban: return nil
    }
  }
}

extension Configuration.KeyForm {
  /// Whether one sequence may be sent from several addresses, which a hash of the source scatters.
  fileprivate var takesAnySource: Bool {
    switch self {
    case .sadoor(let key): key.isGlobal
    case .cd00r(let key): key.credential.state != .perSource
    case .spa, .ports, .rolling, .knockd, .pasmal, .doorman, .tumbler, .header, .syn, .fwknop: false
    }
  }
}
