// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// A key whose knock is one SYN to each port of a code. Whoever sees the packets knows it.
package struct Cd00rCredential: Hashable, Sendable {
  package static let portCounts = 1...32
  package static let targetCounts = 0...16
  package static let timeouts = Timestamp.Span.milliseconds(1)...Timestamp.Span.seconds(3600)
  /// Keys whose codes begin with the same port.
  package static let mostOfOneBeginning = KnockdCredential.mostOfOneBeginning

  package var ports: [Port]
  /// From the first SYN to the last; nil for no end.
  package var timeout: Timestamp.Span?
  /// The addresses to which the SYNs must go; empty for any that the rules hand over.
  package var targets: [IPAddress]
  /// A SYN from or to another port of the code begins anew.
  package var resets: Bool
  /// Whose attempts are told apart.
  package var state: State

  package enum State: UInt8, Hashable, Sendable, CaseIterable {
    /// Each source's.
    case perSource = 1
    /// Nobody's: there is one position for all, and a SYN of another source than the first one's goes back to the beginning.
    case globalOfOneSender = 2
    /// Nobody's, and all may take part.
    case global = 3
  }

  package init(ports: [Port], timeout: Timestamp.Span?, targets: [IPAddress], resets: Bool, state: State) {
    self.ports = ports
    self.timeout = timeout
    self.targets = targets
    self.resets = resets
    self.state = state
  }
}

extension Cd00rCredential {
  /// No less than the encoded size.
  var capacity: Int { 384 + 2 * ports.count }

  init(_ reader: inout WireReader) throws(WireError) {
    let ports = try reader.list(Self.portCounts) { (reader) throws(WireError) in try reader.port() }
    let timeout = try reader.optional { (reader) throws(WireError) in try reader.span(in: Self.timeouts) }
    let targets = try reader.list(Self.targetCounts) { (reader) throws(WireError) in try reader.address() }
    let resets = try reader.boolean()
    guard let state = State(rawValue: try reader.u8()) else { throw .malformed }
    self.init(ports: ports, timeout: timeout, targets: targets, resets: resets, state: state)
  }

  func put(to writer: inout WireWriter) {
    writer.list(ports) { $0.u16($1.number) }
    writer.optional(timeout) { $0.span($1) }
    writer.list(targets) { $0.address($1) }
    writer.boolean(resets)
    writer.u8(state.rawValue)
  }
}
