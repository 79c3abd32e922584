// SPDX-License-Identifier: Apache-2.0

/// What the daemon said to one request: JSON lines, the last one an object with `done`.
package struct ControlAnswer: Sendable {
  /// The lines before the last, as they came.
  package let lines: [String]
  package let values: [JSONValue]

  /// Throws what the daemon refused, or that its answer is incomplete or not an answer.
  package init(_ text: String) throws(ControlError) {
    var lines = text.split(separator: "\n").map(String.init)
    guard let last = lines.popLast().flatMap(JSONValue.init(json:)), case .boolean? = last["done"] else { throw .incomplete }
    if let refusal = Self.refusal(last) { throw refusal }
    self.lines = lines
    values = lines.compactMap(JSONValue.init(json:))
    guard values.count == lines.count else { throw .incomplete }
  }

  /// What a line of an endless answer ends it with; nil for a line like the others.
  package static func refusal(_ line: String) -> ControlError? { JSONValue(json: line).flatMap(refusal) }

  private static func refusal(_ value: JSONValue) -> ControlError? {
    guard value["done"] == .boolean(false) else { return nil }
    return .refused(value["error"]?.string ?? "refused", exit: Int32(clamping: value["exit"]?.integer ?? 1))
  }
}

/// Why a request to the daemon came to nothing.
package enum ControlError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreachable(path: String, reason: String)
  /// The answer ended early or is no JSON.
  case incomplete
  case refused(String, exit: Int32)
  /// The daemon hung up on somebody who follows events.
  case ended

  package var description: String {
    switch self {
    case .unreachable(let path, let reason): "no daemon answers at \(path): \(reason)"
    case .incomplete: "the daemon's answer is incomplete"
    case .refused(let message, _): message
    case .ended: "the daemon has ended"
    }
  }

  /// An exit code of sysexits.h, or the daemon's own.
  package var exit: Int32 {
    switch self {
    case .unreachable, .ended: 69
    case .incomplete: 76
    case .refused(_, let exit): (1...255).contains(exit) ? exit : 1
    }
  }
}
