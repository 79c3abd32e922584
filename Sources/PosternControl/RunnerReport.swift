// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternWire

/// What the runner tells the keeper: 64 bytes, and behind them the first part of what a program wrote.
package enum RunnerReport: Hashable, Sendable {
  /// It has its tables and waits for requests.
  case ready(pid: Int32)
  /// A program has ended, or could not be started.
  case ended(RunnerRequest.Ticket, ActionEnd)
  /// The service of a lease listens.
  case serving(RunnerRequest.Ticket)

  package static let headerCount = 64
  /// Bytes of a program's output that are kept.
  package static let outputLimit = 1024
  package static let byteLimit = headerCount + outputLimit
  private static let layout: UInt8 = 1
}

/// How one program ended.
package struct ActionEnd: Hashable, Sendable {
  package var outcome: ActionOutcome
  package var milliseconds: UInt32
  /// The first bytes of standard output and standard error, as they came.
  package var output: [UInt8]
  /// How many there were.
  package var outputCount: UInt32
  /// The other end of the connection that a service's program had.
  package var peer: IPAddress?
  package var peerPort: Port?

  package init(
    _ outcome: ActionOutcome, milliseconds: UInt32 = 0, output: [UInt8] = [], outputCount: UInt32 = 0, peer: IPAddress? = nil,
    peerPort: Port? = nil
  ) {
    self.outcome = outcome
    self.milliseconds = milliseconds
    self.output = output
    self.outputCount = outputCount
    self.peer = peer
    self.peerPort = peerPort
  }
}

// Layout, big-endian:
//  0 u8 layout   1 u8 kind   2 u8 outcome   3 u8 status   4 u8 step   5 u8 family   6 u16 peer port   8 u64 ticket
// 16 u32 milliseconds   20 u32 output count   24 u32 pid   28 u16 output bytes   30 zero 2   32 peer 16   48 zero 16   64 output
extension RunnerReport {
  private enum Kind: UInt8 {
    case ready = 1
    case ended
    case serving
  }

  package var encoded: [UInt8] {
    var writer = WireWriter(capacity: Self.byteLimit)
    switch self {
    case .ready(let pid): Self.put(.ready, 0, ActionEnd(.exited(0)), pid: pid, to: &writer)
    case .ended(let ticket, let end): Self.put(.ended, ticket, end, pid: 0, to: &writer)
    case .serving(let ticket): Self.put(.serving, ticket, ActionEnd(.exited(0)), pid: 0, to: &writer)
    }
    return writer.bytes
  }

  /// Refuses every message that ``encoded`` does not make.
  package init(decoding bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount <= Self.byteLimit else { throw .malformed }
    var reader = WireReader(bytes)
    guard try reader.u8() == Self.layout, let kind = Kind(rawValue: try reader.u8()) else { throw .malformed }
    let outcome = try ActionOutcome(code: try reader.u8(), status: try reader.u8(), step: try reader.u8())
    let family = try reader.u8()
    let (port, ticket) = (Port(try reader.u16()), try reader.u64())
    let (milliseconds, count, pid) = (try reader.u32(), try reader.u32(), try reader.u32())
    let length = Int(try reader.u16())
    try reader.skip(2)
    let peer = try reader.padded(four: family == 4, six: family == 6)
    try reader.skip(16)
    let end = ActionEnd(
      outcome, milliseconds: milliseconds, output: try reader.bytes(length), outputCount: count, peer: peer, peerPort: port)
    switch kind {
    case .ready: self = .ready(pid: Int32(bitPattern: pid))
    case .ended: self = .ended(ticket, end)
    case .serving: self = .serving(ticket)
    }
    guard encoded == bytes.copied() else { throw .malformed }
  }

  private static func put(_ kind: Kind, _ ticket: UInt64, _ end: ActionEnd, pid: Int32, to writer: inout WireWriter) {
    let output = end.output.prefix(outputLimit)
    let family: UInt8 =
      switch end.peer {
      case .v4: 4
      case .v6: 6
      case nil: 0
      }
    writer.u8(layout)
    writer.u8(kind.rawValue)
    for byte in end.outcome.bytes { writer.u8(byte) }
    writer.u8(family)
    writer.u16(end.peerPort?.number ?? 0)
    writer.u64(ticket)
    writer.u32(end.milliseconds)
    writer.u32(end.outputCount)
    writer.u32(UInt32(bitPattern: pid))
    writer.u16(UInt16(output.count))
    writer.zeros(2)
    writer.padded(end.peer)
    writer.zeros(16)
    writer.raw(output)
  }
}

extension ActionOutcome {
  private enum Code: UInt8 {
    case exited = 1
    case killed
    case timedOut
    case serviceEnded
    case notStarted
    case startedBefore
    case busy
    case unseen
    case notConfigured
    case tooLate
    case observed
  }

  /// Code, status and step.
  fileprivate var bytes: [UInt8] {
    switch self {
    case .exited(let status): [Code.exited.rawValue, status, 0]
    case .killed(let signal): [Code.killed.rawValue, signal, 0]
    case .timedOut: [Code.timedOut.rawValue, 0, 0]
    case .serviceEnded: [Code.serviceEnded.rawValue, 0, 0]
    case .notStarted(let step, let errno): [Code.notStarted.rawValue, errno, step.rawValue]
    case .startedBefore: [Code.startedBefore.rawValue, 0, 0]
    case .busy: [Code.busy.rawValue, 0, 0]
    case .unseen: [Code.unseen.rawValue, 0, 0]
    case .notConfigured: [Code.notConfigured.rawValue, 0, 0]
    case .tooLate: [Code.tooLate.rawValue, 0, 0]
    case .observed: [Code.observed.rawValue, 0, 0]
    }
  }

  fileprivate init(code: UInt8, status: UInt8, step: UInt8) throws(WireError) {
    guard let code = Code(rawValue: code) else { throw .malformed }
    switch code {
    case .exited: self = .exited(status)
    case .killed: self = .killed(status)
    case .timedOut: self = .timedOut
    case .serviceEnded: self = .serviceEnded
    case .notStarted:
      guard let step = Step(rawValue: step) else { throw .malformed }
      self = .notStarted(step, errno: status)
    case .startedBefore: self = .startedBefore
    case .busy: self = .busy
    case .unseen: self = .unseen
    case .notConfigured: self = .notConfigured
    case .tooLate: self = .tooLate
    case .observed: self = .observed
    }
  }
}
