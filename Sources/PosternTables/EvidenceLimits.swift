// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternWire

/// How much may speak against a source, within a time, before the gate tells the keeper of it.
package struct EvidenceLimits: Hashable, Sendable {
  package var window: Timestamp.Span
  /// How long a source that was told of is left alone; no longer than the window.
  package var pause: Timestamp.Span
  /// Different ports.
  package var ports: UInt32
  /// Refused knocks, by their weights.
  package var refusals: UInt32
  /// Wrong one-time values.
  package var codes: UInt32
  /// Sources a minute: more than are banned need not be told of.
  package var suspectsPerMinute: UInt32

  /// Without a pause it is as long as the window.
  package init(
    window: Timestamp.Span, pause: Timestamp.Span? = nil, ports: UInt32, refusals: UInt32, codes: UInt32,
    suspectsPerMinute: UInt32
  ) {
    self.window = window
    self.pause = min(pause ?? window, window)
    self.ports = ports
    self.refusals = refusals
    self.codes = codes
    self.suspectsPerMinute = suspectsPerMinute
  }

  package subscript(kind: EvidenceKind) -> UInt32 {
    switch kind {
    case .ports: ports
    case .refusals: refusals
    case .codes: codes
    }
  }
}

extension EvidenceLimits {
  init(_ reader: inout WireReader) throws(WireError) {
    let window = try reader.span(in: TableLimits.evidenceWindows)
    let counts = TableLimits.evidenceCounts
    let least = TableLimits.evidenceWindows.lowerBound
    self.init(
      window: window, pause: try reader.span(in: least...window), ports: try reader.number(in: counts),
      refusals: try reader.number(in: counts),
      codes: try reader.number(in: counts), suspectsPerMinute: try reader.number(in: TableLimits.bansPerMinute))
  }

  func put(to writer: inout WireWriter) {
    writer.span(window)
    writer.span(pause)
    writer.u32(ports)
    writer.u32(refusals)
    writer.u32(codes)
    writer.u32(suspectsPerMinute)
  }
}
