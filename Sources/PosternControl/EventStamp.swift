// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// Where an event stands in the audit. Every line begins with it, so that a missing line shows.
package struct EventStamp: Hashable, Sendable {
  /// Counts up by one from line to line of a run.
  package var sequence: UInt64
  /// The chain of lines that ``sequence`` counts. A daemon goes on with the run of the last line that it finds, over restarts and
  /// boots; it begins a new one where it finds none.
  package var run: UInt64
  /// The first 32 bits of the kernel's boot id.
  package var boot: UInt32

  package init(sequence: UInt64, run: UInt64, boot: UInt32) {
    self.sequence = sequence
    self.run = run
    self.boot = boot
  }

  /// The stamp of the next event: it follows `last`, the last one that was written, or begins the run named after this start.
  package init(after last: EventStamp?, boot: UInt32, start: Timestamp) {
    guard let last, last.sequence < .max else {
      self.init(sequence: 1, run: start.nanoseconds, boot: boot)
      return
    }
    self.init(sequence: last.sequence + 1, run: last.run, boot: boot)
  }

  package var next: EventStamp { EventStamp(sequence: sequence &+ 1, run: run, boot: boot) }

  package var runText: String { Hex.encode(run) }
  package var bootText: String { String(Hex.encode(UInt64(boot)).suffix(8)) }

  /// Begins a line.
  package func put(into line: inout JSONLine) {
    line.put("seq", sequence)
    line.put("run", runText)
    line.put("boot", bootText)
  }
}

extension EventStamp {
  /// The stamp at the start of a line of the audit; nil for a line that does not begin as ``put(into:)`` writes.
  package init?(startOf line: some Collection<UInt8>) {
    var rest = Array(line.prefix(Self.longest))[...]
    guard rest.take("{\"seq\":"), let sequence = rest.takeNumber(), rest.take(",\"run\":\""), let run = rest.takeHex(16),
      rest.take("\",\"boot\":\""), let boot = rest.takeHex(8), rest.take("\"")
    else { return nil }
    self.init(sequence: sequence, run: run, boot: UInt32(truncatingIfNeeded: boot))
  }

  /// More bytes than the longest stamp has.
  private static let longest = 96
}

extension ArraySlice<UInt8> {
  fileprivate mutating func take(_ text: String) -> Bool {
    guard starts(with: text.utf8) else { return false }
    removeFirst(text.utf8.count)
    return true
  }

  /// Digits as they are written: without leading zeros.
  fileprivate mutating func takeNumber() -> UInt64? {
    let digits = String(decoding: prefix { (48...57).contains($0) }, as: UTF8.self)
    guard let value = UInt64(digits), String(value) == digits else { return nil }
    removeFirst(digits.utf8.count)
    return value
  }

  fileprivate mutating func takeHex(_ count: Int) -> UInt64? {
    let digits = prefix(count)
    guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
    removeFirst(count)
    return UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
