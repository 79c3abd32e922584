// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// A key whose knock is a sequence of packets in the way of pasmal, and where it has a secret, real packets among decoys behind it.
package struct PasmalCredential: Hashable, Sendable {
  package static let openerCounts = 1...8
  package static let timeouts = Timestamp.Span.seconds(1)...Timestamp.Span.seconds(600)

  /// One packet of the opener.
  package enum Step: Hashable, Sendable {
    case tcp(Port, TCPFlagTest)
    case udp(Port)
    /// An echo request; what is nil may be anything. The length is that of its data.
    case echo(identifier: UInt16?, sequence: UInt16?, length: UInt16?)
  }

  /// The stream of real packets and decoys.
  package struct Screen: Hashable, Sendable {
    package static let packetCounts: ClosedRange<UInt8> = 16...128
    package static let realCounts: ClosedRange<UInt8> = 8...32
    /// Fewer ports would be guessed.
    package static let spans: ClosedRange<UInt16> = 1024...32_768

    package var secret: Bytes32
    package var base: UInt16
    package var span: UInt16
    /// Packets of the stream.
    package var packets: UInt8
    /// How many of them are real.
    package var real: UInt8

    package init(secret: Bytes32, base: UInt16, span: UInt16, packets: UInt8, real: UInt8) {
      self.secret = secret
      self.base = base
      self.span = span
      self.packets = packets
      self.real = real
    }

    /// Whether all that belongs together does: the ports exist, and no more than half of the packets are real.
    package var isPossible: Bool {
      Self.packetCounts.contains(packets) && Self.realCounts.contains(real) && Self.spans.contains(span) && real <= packets / 2
        && base > 0 && Int(base) + Int(span) <= 65_536
    }

    package func contains(_ port: UInt16) -> Bool { port >= base && port - base < span }
  }

  package var opener: [Step]
  package var screen: Screen?
  /// Where the datagram with a one-time password goes, behind everything else; nil where none is asked for.
  package var passwordPort: Port?
  /// From the first packet to the last.
  package var timeout: Timestamp.Span

  package init(opener: [Step], screen: Screen?, passwordPort: Port?, timeout: Timestamp.Span) {
    self.opener = opener
    self.screen = screen
    self.passwordPort = passwordPort
    self.timeout = timeout
  }

  /// No less than the encoded size.
  var capacity: Int { 96 + 16 * opener.count }

  /// Overwrites the secret in place.
  mutating func erase() { screen?.secret = .zero }
}

extension PasmalCredential {
  init(_ reader: inout WireReader) throws(WireError) {
    let opener = try reader.list(Self.openerCounts) { (reader) throws(WireError) in try Step(&reader) }
    let screen = try reader.optional { (reader) throws(WireError) in try Screen(&reader) }
    let passwordPort = try reader.optional { (reader) throws(WireError) in try reader.port() }
    self.init(
      opener: opener, screen: screen, passwordPort: passwordPort, timeout: try reader.span(in: Self.timeouts))
  }

  func put(to writer: inout WireWriter) {
    writer.list(opener) { $1.put(to: &$0) }
    writer.optional(screen) { $1.put(to: &$0) }
    writer.optional(passwordPort) { $0.u16($1.number) }
    writer.span(timeout)
  }
}

extension PasmalCredential.Screen {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    self.init(
      secret: try reader.bytes32(), base: try reader.u16(), span: try reader.u16(), packets: try reader.u8(),
      real: try reader.u8())
    guard isPossible else { throw .malformed }
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.put(secret)
    writer.u16(base)
    writer.u16(span)
    writer.u8(packets)
    writer.u8(real)
  }
}

extension PasmalCredential.Step {
  private enum Tag: UInt8 {
    case tcp = 1
    case udp = 2
    case echo = 3
  }

  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    guard let tag = Tag(rawValue: try reader.u8()) else { throw .malformed }
    switch tag {
    case .tcp:
      let port = try reader.port()
      let (set, clear) = (TCPHeader.Flags(rawValue: try reader.u8()), TCPHeader.Flags(rawValue: try reader.u8()))
      guard let flags = TCPFlagTest(set: set, clear: clear) else { throw .malformed }
      self = .tcp(port, flags)
    case .udp: self = .udp(try reader.port())
    case .echo:
      let number = { (reader: inout WireReader) throws(WireError) in try reader.u16() }
      self = .echo(
        identifier: try reader.optional(number), sequence: try reader.optional(number), length: try reader.optional(number))
    }
  }

  fileprivate func put(to writer: inout WireWriter) {
    switch self {
    case .tcp(let port, let flags):
      writer.u8(Tag.tcp.rawValue)
      writer.u16(port.number)
      writer.u8(flags.set.rawValue)
      writer.u8(flags.clear.rawValue)
    case .udp(let port):
      writer.u8(Tag.udp.rawValue)
      writer.u16(port.number)
    case .echo(let identifier, let sequence, let length):
      writer.u8(Tag.echo.rawValue)
      for number in [identifier, sequence, length] { writer.optional(number) { $0.u16($1) } }
    }
  }
}
