// SPDX-License-Identifier: Apache-2.0
package import PosternControl

/// Follows the numbers of the audit's lines, over one file or several in their order, and says what is missing.
package struct AuditVerifier: Sendable {
  package enum Finding: Hashable, Sendable, CustomStringConvertible {
    /// These numbers are not there; `told` is how many of them the daemon says it could not write.
    case gap(ClosedRange<UInt64>, told: UInt64)
    /// A number that came before.
    case repeated(UInt64)
    /// A run that begins here: nothing shows that the one before it is whole.
    case newRun(String, at: UInt64)
    /// Not a whole line of the audit.
    case broken

    package var description: String {
      switch self {
      case .gap(let missing, let told):
        "\(missing.lowerBound) to \(missing.upperBound) are missing (\(missing.count))"
          + (told > 0 ? "; the daemon could not write \(told) lines" : "")
      case .repeated(let sequence): "\(sequence) comes again or out of order"
      case .newRun(let run, let sequence): "a new run, \(run), begins at \(sequence): the daemon found no line to go on from"
      case .broken: "not a whole line of the audit"
      }
    }

    /// The word for programs.
    package var word: String {
      switch self {
      case .gap: "gap"
      case .repeated: "repeated"
      case .newRun: "new-run"
      case .broken: "broken"
      }
    }
  }

  package private(set) var lines: UInt64 = 0
  package private(set) var findings: UInt64 = 0
  /// The first and the last number that were seen.
  package private(set) var first: EventStamp?
  package private(set) var last: EventStamp?

  package init() {}

  /// Looks at the next line; nil when it follows from the one before.
  package mutating func check(_ line: [UInt8], isWhole: Bool) -> Finding? {
    lines += 1
    let finding = find(line, isWhole: isWhole)
    if finding != nil { findings += 1 }
    return finding
  }

  private mutating func find(_ line: [UInt8], isWhole: Bool) -> Finding? {
    guard isWhole, let stamp = EventStamp(startOf: line), let value = JSONValue(json: String(decoding: line, as: UTF8.self))
    else {
      return .broken
    }
    defer { last = stamp }
    guard let last else {
      first = stamp
      return nil
    }
    guard stamp.run == last.run else { return .newRun(stamp.runText, at: stamp.sequence) }
    guard stamp.sequence > last.sequence else { return .repeated(stamp.sequence) }
    guard stamp.sequence > last.next.sequence else { return nil }
    return .gap(last.next.sequence...stamp.sequence - 1, told: Self.told(value))
  }

  private static func told(_ value: JSONValue) -> UInt64 {
    guard value["event"]?.string == EventKind.auditLost.rawValue else { return 0 }
    return UInt64(clamping: value["lines"]?.integer ?? 0)
  }
}
