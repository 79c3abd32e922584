// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternWire

extension ActionCall {
  /// Why it starts, and for whom.
  func put(into line: inout JSONLine) {
    line.put("occasion", occasion.description)
    if let user { line.put("user", user.description) }
    if let key { line.put("key", key.description) }
    if let door { line.put("door", door.description) }
    if let lease { line.put("lease", lease.description) }
    if let source { line.put("source", source.description) }
    if let port { line.put("source-port", port.number) }
  }

  /// For whom, in words.
  var place: String {
    let holder = user.map { user in "\(user)\(key.map { "/\($0)" } ?? "")" }
    let words = [holder.map { "for \($0)" }, door.map { "at \($0)" }, source.map { "from \($0)" }]
    return words.compactMap { $0 }.joined(separator: " ")
  }
}

extension ActionResult {
  /// Which action it is, and for whom.
  func put(into line: inout JSONLine) {
    line.put("action", action.description)
    call.put(into: &line)
  }

  /// What became of it. The output is a stranger's to nobody but to the program; it leaves in printable ASCII.
  func putEnd(into line: inout JSONLine) {
    line.put("outcome", end.outcome.word)
    switch end.outcome {
    case .exited(let status): line.put("status", status)
    case .killed(let signal): line.put("signal", signal)
    case .notStarted(let step, let code):
      line.put("step", step.description)
      line.put("errno", code)
    case .timedOut, .serviceEnded, .startedBefore, .busy, .unseen, .notConfigured, .tooLate, .observed: break
    }
    line.put("milliseconds", end.milliseconds)
    guard end.outputCount > 0 else { return }
    line.put("output", String(decoding: end.output, as: UTF8.self))
    line.put("output-bytes", end.outputCount)
  }

  var place: String { "\(action) \(call.place)" }

  var fate: String {
    switch end.outcome {
    case .exited(let status): "ended with status \(status)"
    case .killed(let signal): "was killed by signal \(signal)"
    case .timedOut: "was killed when its time was over"
    case .serviceEnded: "was ended with its lease"
    case .notStarted(let step, let code): "could not be started (\(step), errno \(code))"
    case .startedBefore: "had been started before"
    case .busy: "was not started: too much waits"
    case .unseen: "was started, and its end was not seen"
    case .notConfigured: "is not configured any more, and was not started"
    case .observed: "would have been started: the user is only observed"
    case .tooLate: "was not started: the lease was over"
    }
  }
}
