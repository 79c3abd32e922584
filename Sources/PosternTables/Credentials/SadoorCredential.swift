// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// A key of SAdoor: described packets in their order, then one that carries a command.
package struct SadoorCredential: Hashable, Sendable {
  package enum Form: Hashable, Sendable {
    /// An envelope of ours.
    case sealed(Bytes32)
    /// The old command block, Blowfish in cipher feedback under a key of 4 to 56 bytes, without any authentication.
    case legacy(key: [UInt8])
  }

  /// Keys of the old form that a gateway takes: each is tried on a command packet of its script.
  package static let legacyKeys = 16
  /// Different scripts that the keys of a gateway may have: each costs every packet a look.
  package static let scripts = 32
  package static let timeouts = Timestamp.Span.milliseconds(500)...Timestamp.Span.seconds(600)

  package var form: Form
  package var script: PacketScript
  /// From the first packet to the command.
  package var timeout: Timestamp.Span
  /// One position for all senders together, as the old daemon kept it.
  package var isGlobal: Bool
  /// A command packet without a command opens the key's door: nothing in it is secret.
  package var takesEmptyCommand: Bool

  package init(form: Form, script: PacketScript, timeout: Timestamp.Span, isGlobal: Bool, takesEmptyCommand: Bool) {
    self.form = form
    self.script = script
    self.timeout = timeout
    self.isGlobal = isGlobal
    self.takesEmptyCommand = takesEmptyCommand
  }

  /// No less than the encoded size: a description takes up to 101 bytes and its data.
  var capacity: Int {
    128 + (script.packets + [script.command]).reduce(0) { $0 + 101 + $1.data.count }
  }

  mutating func erase() {
    switch form {
    case .sealed: form = .sealed(.zero)
    case .legacy(let key): form = .legacy(key: Array(repeating: 0, count: key.count))
    }
  }
}

extension SadoorCredential {
  init(_ reader: inout WireReader) throws(WireError) {
    let form = try Form(&reader)
    let packets = try reader.list(PacketScript.packetCounts) { (reader) throws(WireError) in try PacketDescription(&reader) }
    let script = PacketScript(packets: packets, command: try PacketDescription(&reader))
    let timeout = try reader.span(in: Self.timeouts)
    let isGlobal = try reader.boolean()
    self.init(form: form, script: script, timeout: timeout, isGlobal: isGlobal, takesEmptyCommand: try reader.boolean())
  }

  func put(to writer: inout WireWriter) {
    form.put(to: &writer)
    writer.list(script.packets) { $1.put(to: &$0) }
    script.command.put(to: &writer)
    writer.span(timeout)
    writer.boolean(isGlobal)
    writer.boolean(takesEmptyCommand)
  }
}

extension SadoorCredential.Form {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    switch try reader.u8() {
    case 0: self = .sealed(try reader.bytes32())
    case 1: self = .legacy(key: try reader.octets(PortsCredential.legacyKeyLengths))
    default: throw .malformed
    }
  }

  fileprivate func put(to writer: inout WireWriter) {
    switch self {
    case .sealed(let key):
      writer.u8(0)
      writer.put(key)
    case .legacy(let key):
      writer.u8(1)
      writer.octets(key)
    }
  }
}

extension PacketDescription {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    let source = try reader.optional { (reader) throws(WireError) in try reader.address() }
    let destination = try reader.optional { (reader) throws(WireError) in try reader.address() }
    let typeOfService = try reader.optional { (reader) throws(WireError) in try reader.u8() }
    let identification = try reader.optional { (reader) throws(WireError) in try reader.u16() }
    let hopLimit = try reader.optional { (reader) throws(WireError) in try reader.u8() }
    self.init(try Transport(&reader))
    self.source = source
    self.destination = destination
    self.typeOfService = typeOfService
    self.identification = identification
    self.hopLimit = hopLimit
    data = try reader.octets(0...Self.longestData)
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.optional(source) { $0.address($1) }
    writer.optional(destination) { $0.address($1) }
    writer.optional(typeOfService) { $0.u8($1) }
    writer.optional(identification) { $0.u16($1) }
    writer.optional(hopLimit) { $0.u8($1) }
    transport.put(to: &writer)
    writer.octets(data)
  }
}

extension PacketDescription.Transport {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    switch try reader.u8() {
    case 17: self = .udp(source: try reader.optional16(), destination: try reader.optional16())
    case 6:
      let ports = (try reader.optional16(), try reader.optional16())
      let sequence = try reader.optional { (reader) throws(WireError) in try reader.u32() }
      let acknowledgement = try reader.optional { (reader) throws(WireError) in try reader.u32() }
      let flags = try reader.optional { (reader) throws(WireError) in try reader.u8() }
      self = .tcp(
        .init(
          source: ports.0, destination: ports.1, sequence: sequence, acknowledgement: acknowledgement, flags: flags))
    case 1:
      let type = try reader.optional { (reader) throws(WireError) in try reader.u8() }
      let code = try reader.optional { (reader) throws(WireError) in try reader.u8() }
      self = .icmp(.init(type: type, code: code, identifier: try reader.optional16(), sequence: try reader.optional16()))
    default: throw .malformed
    }
  }

  fileprivate func put(to writer: inout WireWriter) {
    switch self {
    case .udp(let source, let destination):
      writer.u8(17)
      for port in [source, destination] { writer.optional(port) { $0.u16($1) } }
    case .tcp(let tcp):
      writer.u8(6)
      for port in [tcp.source, tcp.destination] { writer.optional(port) { $0.u16($1) } }
      for number in [tcp.sequence, tcp.acknowledgement] { writer.optional(number) { $0.u32($1) } }
      writer.optional(tcp.flags) { $0.u8($1) }
    case .icmp(let icmp):
      writer.u8(1)
      for number in [icmp.type, icmp.code] { writer.optional(number) { $0.u8($1) } }
      for number in [icmp.identifier, icmp.sequence] { writer.optional(number) { $0.u16($1) } }
    }
  }
}

extension WireReader {
  fileprivate mutating func optional16() throws(WireError) -> UInt16? {
    try optional { (reader) throws(WireError) in try reader.u16() }
  }
}
