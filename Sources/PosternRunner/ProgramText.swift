// SPDX-License-Identifier: Apache-2.0
package import PosternControl
import PosternKnock
package import PosternTables
import PosternWire

/// What a program gets to read: its arguments and its environment, made of configured texts and of typed values.
package struct ProgramText: Hashable, Sendable {
  package let words: [String]
  package let environment: [String]
  /// Nil for a program that reads nothing.
  package let input: [UInt8]?

  /// Debian's own, for programs that start others.
  private static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  package init(_ program: RunnerProgram, _ call: ActionCall) {
    words = program.words.map { word in
      switch word {
      case .text(let text): text
      case .value(let value): Self.text(value, program, call) ?? ""
      }
    }
    input = program.input.isEmpty ? nil : Self.input(program, call)
    let values = ActionValue.allCases.compactMap { value in
      Self.text(value, program, call).map { "\(value.variable)=\($0)" }
    }
    let hasPath = program.environment.contains { $0.hasPrefix("PATH=") }
    environment = (hasPath ? [] : [Self.path]) + program.environment + values + Self.announcement(program)
  }

  /// Values are names, addresses and numbers: none of them ends a line, or holds a brace.
  private static func input(_ program: RunnerProgram, _ call: ActionCall) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in program.input {
      bytes += filled(line, program, call).utf8
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private static func filled(_ line: String, _ program: RunnerProgram, _ call: ActionCall) -> String {
    var pieces = line.split(separator: "{", omittingEmptySubsequences: false)[...]
    var text = String(pieces.popFirst() ?? "")
    for piece in pieces {
      let end = piece.firstIndex(of: "}")
      let value = end.flatMap { ActionValue(placeholder: "{\(piece[..<$0])}") }
      if let end, let value {
        text += (Self.text(value, program, call) ?? "") + piece[piece.index(after: end)...]
      } else {
        text += "{" + piece
      }
    }
    return text
  }

  /// Nil for what the event does not have.
  private static func text(_ value: ActionValue, _ program: RunnerProgram, _ call: ActionCall) -> String? {
    switch value {
    case .action: program.name.description
    case .event: call.occasion.description
    case .user: call.user?.description
    case .key: call.key?.description
    case .door: call.door?.description
    case .source: call.source?.description
    case .port: call.port?.description
    case .lease: call.lease?.description
    case .seconds: String(call.seconds)
    }
  }

  /// The variables of sd_listen_fds(3); whoever starts the program fills in its process id.
  private static func announcement(_ program: RunnerProgram) -> [String] {
    guard program.service?.style == .listenFDs else { return [] }
    return ["LISTEN_FDS=1", "LISTEN_FDNAMES=\(program.name)", "LISTEN_PID="]
  }
}
