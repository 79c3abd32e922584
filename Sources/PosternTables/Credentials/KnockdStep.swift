// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// One packet of a sequence: `tcp/7000`, `tcp/7000 syn !ack`, `udp/8000`, or `echo`, an echo request of either family.
package enum KnockdStep: Hashable, Sendable {
  case tcp(Port, TCPFlagTest)
  case udp(Port)
  case echo

  /// Nil for echo requests, which have none.
  package var port: Port? {
    switch self {
    case .tcp(let port, _), .udp(let port): port
    case .echo: nil
    }
  }

  /// Whether some packet is both this step and the other.
  package func overlaps(_ other: KnockdStep) -> Bool {
    switch (self, other) {
    case (.tcp(let port, let flags), .tcp(let otherPort, let otherFlags)): port == otherPort && flags.overlaps(otherFlags)
    case (.udp(let port), .udp(let otherPort)): port == otherPort
    case (.echo, .echo): true
    case (.tcp, _), (.udp, _), (.echo, _): false
    }
  }
}

extension KnockdStep: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tcp(let port, .any): "tcp/\(port)"
    case .tcp(let port, let flags): "tcp/\(port) \(flags)"
    case .udp(let port): "udp/\(port)"
    case .echo: "echo"
    }
  }

  /// `flags` are those of a TCP step that names none.
  package init?(_ text: some StringProtocol, flags: TCPFlagTest) {
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let named = parts.count == 2 ? TCPFlagTest(parts[1]) : flags
    guard let named, let word = parts.first, parts.last?.isEmpty == false else { return nil }
    if word == "echo", parts.count == 1 {
      self = .echo
    } else if word.hasPrefix("tcp/"), let port = Port(word.dropFirst(4)) {
      self = .tcp(port, named)
    } else if word.hasPrefix("udp/"), let port = Port(word.dropFirst(4)), parts.count == 1 {
      self = .udp(port)
    } else {
      return nil
    }
  }
}

extension KnockdStep {
  /// As knockd.conf writes it: `7000`, `7000:tcp`, `7000:udp`, blanks around each part allowed.
  package init?(knockd text: some StringProtocol, flags: TCPFlagTest) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Self.trimmed(String($0)) }
    guard parts.count <= 2, let port = Port(parts[0]) else { return nil }
    switch parts.count == 2 ? parts[1].lowercased() : "tcp" {
    case "tcp": self = .tcp(port, flags)
    case "udp": self = .udp(port)
    default: return nil
    }
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop(while: isBlank)
    return String(start.reversed().drop(while: isBlank).reversed())
  }

  private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
}

extension KnockdStep {
  init(_ reader: inout WireReader) throws(WireError) {
    switch try reader.u8() {
    case 1: self = .tcp(try reader.port(), try Self.flags(&reader))
    case 2: self = .udp(try reader.port())
    case 3: self = .echo
    default: throw .malformed
    }
  }

  func put(to writer: inout WireWriter) {
    switch self {
    case .tcp(let port, let flags):
      writer.u8(1)
      writer.u16(port.number)
      writer.u8(flags.set.rawValue)
      writer.u8(flags.clear.rawValue)
    case .udp(let port):
      writer.u8(2)
      writer.u16(port.number)
    case .echo: writer.u8(3)
    }
  }

  private static func flags(_ reader: inout WireReader) throws(WireError) -> TCPFlagTest {
    let set = TCPHeader.Flags(rawValue: try reader.u8())
    guard let flags = TCPFlagTest(set: set, clear: TCPHeader.Flags(rawValue: try reader.u8())) else { throw .malformed }
    return flags
  }
}
