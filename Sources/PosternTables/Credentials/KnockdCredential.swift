// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// A key whose knock is a sequence of packets. Whoever sees the packets knows it.
package struct KnockdCredential: Hashable, Sendable {
  /// As long as knockd's longest.
  package static let stepCounts = 1...32
  package static let lineCounts = 1...1024
  package static let targetCounts = 0...16
  package static let timeouts = Timestamp.Span.milliseconds(1)...Timestamp.Span.seconds(3600)
  /// Keys whose sequences begin with the same packet: it begins an attempt at each.
  package static let mostOfOneBeginning = 64

  package enum Sequences: Hashable, Sendable {
    case always([KnockdStep])
    /// Each opens once, in this order.
    case oneTime([Line])
  }

  /// A sequence of a list, with its place in it. Places grow and may have gaps: what is used is told by them.
  package struct Line: Hashable, Sendable {
    package var number: UInt32
    package var steps: [KnockdStep]

    package init(number: UInt32, steps: [KnockdStep]) {
      self.number = number
      self.steps = steps
    }
  }

  package var sequences: Sequences
  /// From the first packet to the last.
  package var timeout: Timestamp.Span
  /// The addresses to which the packets must go; empty for any that the rules hand over.
  package var targets: [IPAddress]
  /// A segment that a sender's kernel sends again breaks nothing.
  package var ignoresRetransmissions: Bool

  package var isOneTime: Bool {
    switch sequences {
    case .always: false
    case .oneTime: true
    }
  }

  package init(
    sequences: Sequences, timeout: Timestamp.Span, targets: [IPAddress] = [], ignoresRetransmissions: Bool = false
  ) {
    self.sequences = sequences
    self.timeout = timeout
    self.targets = targets
    self.ignoresRetransmissions = ignoresRetransmissions
  }
}

extension KnockdCredential {
  /// No less than the encoded size.
  var capacity: Int {
    switch sequences {
    case .always(let steps): 320 + 8 * steps.count
    case .oneTime(let lines): 320 + lines.reduce(0) { $0 + 8 + 8 * $1.steps.count }
    }
  }

  /// Overwrites in place what counts once; a sequence that always counts is no secret.
  mutating func erase() {
    guard case .oneTime(var lines) = sequences else { return }
    sequences = .always([])
    for line in lines.indices {
      for step in lines[line].steps.indices { lines[line].steps[step] = .echo }
    }
    sequences = .oneTime(lines)
  }

  init(_ reader: inout WireReader) throws(WireError) {
    self.init(
      sequences: try Sequences(&reader), timeout: try reader.span(in: Self.timeouts),
      targets: try reader.list(Self.targetCounts) { (reader) throws(WireError) in try reader.address() },
      ignoresRetransmissions: try reader.boolean())
  }

  func put(to writer: inout WireWriter) {
    sequences.put(to: &writer)
    writer.span(timeout)
    writer.list(targets) { $0.address($1) }
    writer.boolean(ignoresRetransmissions)
  }
}

extension Credential {
  /// Whether knocks of this key use something up that has to stay used over restarts.
  package var countsOnce: Bool { knockd?.isOneTime ?? false }
}

extension KnockdCredential.Sequences {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    switch try reader.u8() {
    case 1: self = .always(try reader.steps())
    case 2:
      let lines = try reader.list(KnockdCredential.lineCounts) { (reader) throws(WireError) in
        KnockdCredential.Line(number: try reader.u32(), steps: try reader.steps())
      }
      guard zip(lines, lines.dropFirst()).allSatisfy({ $0.number < $1.number }) else { throw .malformed }
      self = .oneTime(lines)
    default: throw .malformed
    }
  }

  fileprivate func put(to writer: inout WireWriter) {
    switch self {
    case .always(let steps):
      writer.u8(1)
      writer.steps(steps)
    case .oneTime(let lines):
      writer.u8(2)
      writer.list(lines) { writer, line in
        writer.u32(line.number)
        writer.steps(line.steps)
      }
    }
  }
}

extension WireReader {
  fileprivate mutating func steps() throws(WireError) -> [KnockdStep] {
    try list(KnockdCredential.stepCounts) { (reader) throws(WireError) in try KnockdStep(&reader) }
  }
}

extension WireWriter {
  fileprivate mutating func steps(_ steps: [KnockdStep]) { list(steps) { $1.put(to: &$0) } }
}
