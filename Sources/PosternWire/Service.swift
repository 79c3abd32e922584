// SPDX-License-Identifier: Apache-2.0

/// What a door is for: a transport with a port (`tcp/22`) or a range of ports (`tcp/8000-8010`), or a protocol without ports (`esp`).
package struct Service: Hashable, Sendable {
  package let transport: TransportProtocol
  /// Nil where the protocol has no ports.
  package let ports: ClosedRange<Port>?

  package init(_ transport: TransportProtocol, _ port: Port) {
    self.transport = transport
    ports = port...port
  }

  /// Nil when the protocol has ports and none are given, or the other way round.
  package init?(_ transport: TransportProtocol, _ ports: ClosedRange<Port>?) {
    guard transport.hasPorts == (ports != nil) else { return nil }
    self.transport = transport
    self.ports = ports
  }

  /// Whether this stands for all that the other does.
  package func covers(_ other: Service) -> Bool {
    guard transport == other.transport else { return false }
    guard let ports, let wanted = other.ports else { return ports == nil && other.ports == nil }
    return ports.contains(wanted.lowerBound) && ports.contains(wanted.upperBound)
  }

  /// The port where there is exactly one.
  package var port: Port? {
    guard let ports, ports.lowerBound == ports.upperBound else { return nil }
    return ports.lowerBound
  }
}

extension Service: CustomStringConvertible {
  package var description: String {
    guard let ports else { return transport.description }
    let range = ports.lowerBound == ports.upperBound ? "" : "-\(ports.upperBound)"
    return "\(transport)/\(ports.lowerBound)\(range)"
  }

  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let word = parts.first, let transport = TransportProtocol.allCases.first(where: { $0.description == word }) else {
      return nil
    }
    guard parts.count == 2 else {
      self.init(transport, nil)
      return
    }
    guard let ports = Self.ports(parts[1]) else { return nil }
    self.init(transport, ports)
  }

  /// A port, or two of which the second is greater: each range has one text only.
  private static func ports(_ text: some StringProtocol) -> ClosedRange<Port>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Port($0) }
    guard (1...2).contains(ends.count), let first = ends[0] else { return nil }
    guard ends.count == 2 else { return first...first }
    guard let last = ends[1], last > first else { return nil }
    return first...last
  }
}
