// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// One stanza of access.conf, its values as they stand there.
struct FwknopStanza: Sendable {
  /// A key as the bytes that it is.
  struct Key: Sendable {
    let bytes: [UInt8]
    let position: ImportPosition
  }

  let source: ForeignValue
  private(set) var values: [String: ForeignValue] = [:]
  private(set) var key: Key?
  private(set) var hmacKey: Key?
  /// Whether there is a line for an encryption key, usable or not.
  private(set) var namesKey = false

  /// libfko takes no longer ones.
  private static let longestKey = 32
  private static let longestHMACKey = 128

  /// All that fwknopd 2.6 knows, except SOURCE.
  static let variables: Set<String> = [
    "DESTINATION", "OPEN_PORTS", "RESTRICT_PORTS", "KEY", "KEY_BASE64", "HMAC_KEY", "HMAC_KEY_BASE64", "HMAC_DIGEST_TYPE",
    "ENCRYPTION_MODE", "FW_ACCESS_TIMEOUT", "MAX_FW_TIMEOUT", "REQUIRE_USERNAME", "REQUIRE_SOURCE_ADDRESS", "REQUIRE_SOURCE",
    "ENABLE_CMD_EXEC", "CMD_EXEC_USER", "CMD_EXEC_GROUP", "ENABLE_CMD_SUDO_EXEC", "CMD_SUDO_EXEC_USER", "CMD_SUDO_EXEC_GROUP",
    "CMD_CYCLE_OPEN", "CMD_CYCLE_CLOSE", "CMD_CYCLE_TIMER", "GPG_HOME_DIR", "GPG_EXE", "GPG_DECRYPT_ID", "GPG_DECRYPT_PW",
    "GPG_ALLOW_NO_PW", "GPG_REQUIRE_SIG", "GPG_DISABLE_SIG", "GPG_IGNORE_SIG_VERIFY_ERROR", "GPG_REMOTE_ID", "GPG_FINGERPRINT_ID",
    "ACCESS_EXPIRE", "ACCESS_EXPIRE_EPOCH", "FORCE_NAT", "FORCE_SNAT", "FORCE_MASQUERADE", "FORWARD_ALL", "DISABLE_DNAT",
  ]

  init(source: ForeignValue) { self.source = source }

  mutating func take(_ line: FwknopLine, at position: ImportPosition, _ notes: inout ImportNotes) {
    if line.variable == "KEY" || line.variable == "KEY_BASE64" { namesKey = true }
    switch line.variable {
    case "KEY": setKey(\.key, text(line, position, &notes), Self.longestKey, at: position, &notes)
    case "KEY_BASE64": setKey(\.key, base64(line, position, &notes), Self.longestKey, at: position, &notes)
    case "HMAC_KEY": setKey(\.hmacKey, text(line, position, &notes), Self.longestHMACKey, at: position, &notes)
    case "HMAC_KEY_BASE64": setKey(\.hmacKey, base64(line, position, &notes), Self.longestHMACKey, at: position, &notes)
    case _ where Self.variables.contains(line.variable):
      if values.updateValue(ForeignValue(line.value.trimmed, at: position), forKey: line.variable) != nil {
        notes.remark("\(line.variable) stands twice in this stanza; the last one counts", at: position)
      }
    default: notes.remark("fwknopd passes over the unknown variable \(line.variable.quoted)", at: position)
    }
  }

  subscript(variable: String) -> ForeignValue? { values[variable] }

  func isOn(_ variable: String) -> Bool { values[variable]?.text.asciiLowercased.hasPrefix("y") == true }

  var usesGPG: Bool { values.keys.contains { ["GPG_DECRYPT_ID", "GPG_DECRYPT_PW", "GPG_ALLOW_NO_PW"].contains($0) } }

  // MARK: Keys

  private mutating func setKey(
    _ place: WritableKeyPath<FwknopStanza, Key?>, _ bytes: [UInt8]?, _ longest: Int, at position: ImportPosition,
    _ notes: inout ImportNotes
  ) {
    guard let bytes else { return }
    guard (1...longest).contains(bytes.count) else {
      return notes.refuse("the key has to have 1 to \(longest) bytes", at: position)
    }
    if self[keyPath: place] != nil { notes.remark("a second key in this stanza; the last one counts", at: position) }
    self[keyPath: place] = Key(bytes: bytes, position: position)
  }

  private func text(_ line: FwknopLine, _ position: ImportPosition, _ notes: inout ImportNotes) -> [UInt8]? {
    guard isChanged(line.value, position, &notes) else { return nil }
    if line.value.trimmedAtEnd != line.value { notes.remark("the blanks at the end of the line belong to the key", at: position) }
    return Array(line.value.utf8)
  }

  private func base64(_ line: FwknopLine, _ position: ImportPosition, _ notes: inout ImportNotes) -> [UInt8]? {
    guard isChanged(line.value.trimmed, position, &notes) else { return nil }
    guard let bytes = Base64.decode(line.value.trimmed) else {
      notes.refuse("the key is not in base64", at: position)
      return nil
    }
    return bytes
  }

  private func isChanged(_ text: String, _ position: ImportPosition, _ notes: inout ImportNotes) -> Bool {
    guard text == "__CHANGEME__" else { return true }
    notes.refuse("still the example's text in place of a key: fwknopd does not start with it", at: position)
    return false
  }
}
