// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Reads `7000,8000:udp,9000`.
enum KnockdSequence {
  struct Flaw: Error {
    let text: String
  }

  static func steps(_ text: String) -> Result<[KnockdFile.Step], Flaw> {
    let items = text.cut(before: "#").parts(",").map(\.trimmed)
    guard items.count <= KnockdFile.longestSequence else {
      return .failure(Flaw(text: "a sequence has at most \(KnockdFile.longestSequence) ports"))
    }
    var steps: [KnockdFile.Step] = []
    for item in items {
      switch step(item) {
      case .success(let step): steps.append(step)
      case .failure(let flaw): return .failure(flaw)
      }
    }
    return .success(steps)
  }

  private static func step(_ item: String) -> Result<KnockdFile.Step, Flaw> {
    let parts = item.parts(":", atMost: 2).map(\.trimmed)
    guard let transport = transport(parts.count == 2 ? parts[1].asciiLowercased : "tcp") else {
      return .failure(Flaw(text: "unknown protocol \(parts[1].quoted) in the sequence: tcp or udp"))
    }
    guard let port = Port(parts[0]) else { return .failure(Flaw(text: why(parts[0]))) }
    return .success(KnockdFile.Step(port: port, transport: transport))
  }

  private static func transport(_ word: String) -> TransportProtocol? { [.tcp, .udp].first { $0.description == word } }

  /// knockd reads with atoi(3), which never fails.
  private static func why(_ text: String) -> String {
    if text.isEmpty { return "an empty place in the sequence, which knockd reads as port 0" }
    if text.isDecimal || text.hasPrefix("-") {
      return "port \(text.quoted) is none from 1 to 65535; knockd refuses it or takes another one for it"
    }
    return "\(text.quoted) is no port number; knockd reads the digits that it begins with, or 0"
  }
}
