// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// The commands that a stanza runs when it opens and when its time is over.
struct FwknopCycle: Sendable {
  /// What actions know of fwknopd's variables.
  private static let placeholders: [(variable: String, placeholder: String)] = [
    ("$PKT_SRC", address), ("$SRC", address), ("$IP", address), ("$PORT", "{port}"), ("$CLIENT_TIMEOUT", "{seconds}"),
    ("$TIMEOUT", "{seconds}"),
  ]
  /// The word that stands for the address while commands are read.
  static let address = "%IP%"

  let open: ForeignValue
  let close: ForeignValue?
  /// Seconds between the two.
  let seconds: UInt32

  /// Nil where the stanza has none.
  init?(_ stanza: FwknopStanza, _ notes: inout ImportNotes) {
    guard let open = stanza["CMD_CYCLE_OPEN"] else { return nil }
    self.open = open
    close = stanza["CMD_CYCLE_CLOSE"].flatMap { $0.text == "NONE" ? nil : $0 }
    let timer = stanza["CMD_CYCLE_TIMER"].flatMap { FwknopTimes.seconds($0, &notes) } ?? 0
    seconds = timer == 0 ? FwknopTimes.standardLease : timer
  }

  /// Whether the commands do for this service what a door does, and undo it.
  func isDoor(for service: Service) -> Bool {
    guard let start = rule(open, service), start.deed == .admit, start.conditions.isEmpty, start.ownSet == nil,
      start.services == [service]
    else { return false }
    return close.map { rule($0, service).map { start.isUndone(by: $0) } ?? false } ?? true
  }

  private func rule(_ command: ForeignValue, _ service: Service) -> FirewallRule? {
    let port = service.port.map { "\($0)" } ?? ""
    let text = Self.replaced(command.text).replacing("{port}", with: port)
      .replacing("$PROTO", with: "\(service.transport)")
    guard let words = CommandLine(text).single else { return nil }
    return FirewallRule(words, address: Self.address)
  }

  /// The command with what actions can fill in.
  static func replaced(_ text: String) -> String {
    placeholders.reduce(text) { $0.replacing($1.variable, with: $1.placeholder) }
  }
}
