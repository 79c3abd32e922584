// SPDX-License-Identifier: Apache-2.0

/// Which stanza of which rc file completes the settings of a request.
enum FwknopHome {
  /// The named stanza; else that of the host's name where there is one; else the default one. Without a name for it, a file that is not
  /// there says nothing.
  static func complete(_ lines: inout ProfileText, host: String?) throws(ClientError) {
    let path: String?
    let named: String?
    do throws(ProfileProblem) {
      path = try lines.optional(FwknopKey.rcFile, "a path", SettingForm.path)
      named = try lines.optional(FwknopKey.namedConfig, "the name of a stanza") { $0.isEmpty ? nil : $0 }
    } catch {
      throw .profile(error)
    }
    guard let rc = try rc(path ?? UserPaths.own?.fwknop, isNeeded: path != nil || named != nil) else { return }
    if let named, !rc.has(named) { throw .usage("\(rc.file) has no stanza \(named)") }
    let stanza = named ?? host.flatMap { rc.has($0) ? $0 : nil } ?? FwknopRC.common
    // A host that is no stanza stands before the server that a stanza names, as a destination does for the fwknop client.
    if let host, host != stanza, !lines.has(CommonKey.gateway) { lines.override([Setting(CommonKey.gateway.rawValue, host)]) }
    lines.underlay(rc.settings(stanza), of: rc.file)
  }

  private static func rc(_ path: String?, isNeeded: Bool) throws(ClientError) -> FwknopRC? {
    guard let path else {
      if isNeeded { throw .usage("without a home directory there is no .fwknoprc: name an rc-file") }
      return nil
    }
    do throws(ClientError) {
      return try FwknopRC(path: path)
    } catch {
      guard case .missingFile = error, !isNeeded else { throw error }
      return nil
    }
  }
}
