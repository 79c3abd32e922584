// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire
import Testing

/// Packets of sequences, by short words: `tcp/7000`, `tcp/7000 fin ack`, `udp/8000`, `echo`, `reply` (an echo reply).
struct SequencePacket {
  var word: String
  var source = "192.0.2.7"
  var destination = "192.0.2.1"
  var sourcePort: UInt16 = 40_000
  var sequence: UInt32 = 1

  func bytes() throws -> [UInt8] {
    let builder = try #require(PacketBuilder(from: try address(source), to: try address(destination)))
    let parts = word.split(separator: " ", maxSplits: 1)
    let port = parts[0].split(separator: "/").last.flatMap { UInt16($0) } ?? 0
    switch parts[0].split(separator: "/")[0] {
    case "tcp":
      let flags = parts.count == 2 ? try #require(TCPFlagTest(parts[1])).set : .syn
      return builder.tcp(from: sourcePort, to: port, flags: flags, sequence: sequence)
    case "udp": return builder.udp(from: sourcePort, to: port, payload: [0])
    case "echo": return builder.echoRequest(identifier: 1, sequence: 1, payload: [])
    default: return builder.icmp(type: source.contains(":") ? 129 : 0)
    }
  }

  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
}

extension Reading {
  /// `step`, `open KEY`, or the reason of a refusal.
  var word: String {
    switch self {
    case .step: "step"
    case .knock(let knock): "open \(knock.key.value)"
    case .refused(let denial): denial.description
    case .refusedKnown(let denial, let key): "\(denial) \(key.value)"
    }
  }
}
