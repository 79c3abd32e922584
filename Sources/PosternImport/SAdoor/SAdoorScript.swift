// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire

/// A sadoor.pkts: the packets that it describes, and its lines as they go into a key.
struct SAdoorScript: Sendable {
  let position: ImportPosition
  /// Without comments and empty lines.
  let lines: [String]
  private let packets: [PacketDescription]

  init(_ text: ForeignText, _ notes: inout ImportNotes) {
    position = text.start
    lines = text.lines.map { Self.uncommented($0.text).trimmedAtEnd }.filter { !$0.isEmpty }
    do throws(PacketTextFlaw) {
      let script = try PacketScript(parsing: text.lines.map(\.text).joined(separator: "\n"))
      packets = script.packets + [script.command]
    } catch {
      packets = []
      notes.refuse(error.reason, at: ImportPosition(file: text.file, line: error.line))
    }
  }

  /// A # between quotation marks begins no comment.
  private static func uncommented(_ line: String) -> String {
    var (isText, isEscaped, kept): (Bool, Bool, [UInt8]) = (false, false, [])
    for byte in line.utf8 {
      if byte == UInt8(ascii: "#"), !isText { break }
      if byte == UInt8(ascii: "\""), !isEscaped { isText.toggle() }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      kept.append(byte)
    }
    return String(decoding: kept, as: UTF8.self)
  }

  /// One rule a transport, so that no packet meets two; without ports where a packet of it may go to any.
  func rules(interface: String?) -> [String] {
    let nft = NftRules(prefix: ForeignSystem.sadoor.protocolName, interface: interface)
    var ports: [TransportProtocol: [Port?]] = [:]
    var pings = false
    for packet in packets {
      switch packet.transport {
      case .tcp(let tcp): ports[.tcp, default: []].append(tcp.destination.flatMap { Port($0) })
      case .udp(_, let port): ports[.udp, default: []].append(port.flatMap { Port($0) })
      case .icmp: pings = true
      }
    }
    let rules = [TransportProtocol.tcp, .udp].compactMap { transport -> String? in
      guard let all = ports[transport] else { return nil }
      let named = all.compactMap { $0 }
      return named.count == all.count
        ? nft.rule(transport, named) : nft.line("meta l4proto \(transport)")
    }
    return rules + (pings ? [nft.line("icmp type { echo-request, echo-reply }")] : [])
  }
}
