// SPDX-License-Identifier: Apache-2.0
import PosternWire

extension FwknopCredential {
  /// No less than the encoded size.
  var capacity: Int { 48 + passphrase.count + codeKey.count + user.utf8.count + 20 * sources.count }

  init(_ reader: inout WireReader) throws(WireError) {
    guard let mode = Mode(rawValue: try reader.u8()) else { throw .malformed }
    let passphrase = try reader.octets(Self.passphraseLengths)
    guard let hash = CodeHash(rawValue: try reader.u8()) else { throw .malformed }
    let key = try reader.octets(0...Self.codeKeyLengths.upperBound)
    // An old client knows no code.
    guard mode == .cbc || key.isEmpty, key != passphrase else { throw .malformed }
    self.init(
      mode: mode, passphrase: passphrase, codeHash: hash, codeKey: key, user: try reader.text(0...Self.userLimit),
      sources: try reader.list(0...Self.sourceLimit) { (reader) throws(WireError) in try reader.prefix() },
      requiresAddress: try reader.boolean(), allowsAnyAgent: try reader.boolean())
  }

  func put(to writer: inout WireWriter) {
    writer.u8(mode.rawValue)
    writer.octets(passphrase)
    writer.u8(codeHash.rawValue)
    writer.octets(codeKey)
    writer.text(user)
    writer.list(sources) { $0.prefix($1) }
    writer.boolean(requiresAddress)
    writer.boolean(allowsAnyAgent)
  }
}
