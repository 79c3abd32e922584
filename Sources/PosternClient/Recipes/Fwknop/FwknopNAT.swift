// SPDX-License-Identifier: Apache-2.0
internal import PosternProtocols
internal import PosternWire

/// The part of a request that has flows led elsewhere: to a host inside, or to another port of the server.
struct FwknopNAT: Sendable {
  let isLocal: Bool
  let target: FwknopTarget
  /// What the server opens towards the client.
  let services: [Service]
  let note: String?

  /// Nil for a request without it. The port inside is that of `services` unless the settings name it.
  init?(_ lines: ProfileText, server: String, services: [Service]) throws(ProfileProblem) {
    let isLocal = try lines.optional(FwknopKey.natLocal, SettingForm.flagWords, SettingForm.flag) ?? false
    let named = try lines.optional(FwknopKey.natAccess, "a host, perhaps with :PORT", Self.target)
    guard isLocal || named != nil else { return nil }
    guard services.count == 1, let service = services.first, let inner = service.port else {
      throw lines.problem(of: FwknopKey.access, "must be one port where flows are led elsewhere")
    }
    guard let target = FwknopTarget(host: named?.host ?? server, port: named?.port ?? inner) else {
      throw lines.problem(of: FwknopKey.natLocal, "needs the server's IPv4 address or name")
    }
    let outer = try Self.outer(lines)
    self.isLocal = isLocal
    self.target = target
    self.services = outer.map { [Service(service.transport, $0)] } ?? services
    note = outer.map { "the server opens \(Service(service.transport, $0)) for \(service)" }
  }

  private static func outer(_ lines: ProfileText) throws(ProfileProblem) -> Port? {
    if let port = try lines.optional(FwknopKey.natPort, "a port", SettingForm.port) { return port }
    guard try lines.optional(FwknopKey.natRandPort, SettingForm.flagWords, SettingForm.flag) == true else { return nil }
    guard let port = try? Port.drawn() else { throw lines.problem(of: FwknopKey.natRandPort, "finds no randomness") }
    return port
  }

  private static func target(_ text: String) -> (host: String, port: Port?)? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "," }
    guard let host = parts.first, SettingForm.isHost(String(host)), parts.count <= 2 else { return nil }
    guard parts.count == 2 else { return (String(host), nil) }
    return Port(parts[1]).map { (String(host), $0) }
  }
}
