// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension Report {
  /// One line a ban, soonest end first.
  package static func bans(_ bans: [Ban], at now: Moment) -> [UInt8] {
    bans.flatMap { ban in
      var line = JSONLine()
      ban.put(into: &line)
      let left = ban.end.milliseconds(after: now.uptime)
      line.put("since", ban.since.rfc3339)
      line.put("seconds-left", left / 1000)
      line.put("ends", (now.wall + .milliseconds(Int64(clamping: left))).rfc3339)
      return line.bytes
    }
  }
}

extension Ban {
  /// What audit and answers say alike.
  func put(into line: inout JSONLine) {
    line.put("source", sourceText)
    line.put("cause", cause.word)
    line.put("manual", isManual)
    line.put("repeats", repeats)
  }
}

extension Ban.Cause {
  var word: String {
    switch self {
    case .evidence(let kind): kind.description
    case .neighbours: "neighbours"
    case .operator: "operator"
    }
  }
}
