// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// Any packet against the proof of concept and a table: what opens is what the fields say, counted apart from the reader.
private enum HeaderFuzzTarget {
  static let now = Timestamp(seconds: 1_800_000_000)
  static let seventeen = HeaderCredential(
    carrier: .tcp, flagsAsked: 0x17, flagsSet: 0x02, conditions: [.init(.port, 1000...10999), .init(.sequence, 17...17)],
    target: .strip10, allowed: [])
  static let echo = HeaderCredential(
    carrier: .icmp, flagsAsked: 0, flagsSet: 0,
    conditions: [.init(.timeToLive, 60...64), .init(.icmpType, 8...8), .init(.icmpSequence, 17...17)], target: .door, allowed: [])

  static let reader = HeaderReader([Registered(KeyIndex(0), seventeen), Registered(KeyIndex(1), echo)])

  /// The first byte chooses whether the rest is a packet or the fields of a SYN.
  static func run(_ input: [UInt8]) {
    guard let depth = input.first else { return }
    let rest = Array(input.dropFirst())
    guard depth % 2 == 1 else {
      _ = read(rest)
      return
    }
    guard rest.count >= 8, let builder = PacketBuilder(from: .v4(IPv4Address(7)), to: .v4(IPv4Address(1))) else { return }
    let fields = rest.withBytes { (port: $0.u16(at: 0), sequence: $0.u32(at: 2), flags: $0.byte(6)) }
    let packet = builder.tcp(
      from: 7, to: fields.port, flags: TCPHeader.Flags(rawValue: fields.flags), sequence: fields.sequence,
      payload: Array(rest.dropFirst(7)))
    let digits = "\(fields.port)"
    let asked = digits.hasPrefix("10") ? UInt16(digits.dropFirst(2)).flatMap { $0 < 1000 ? Port($0) : nil } : nil
    let fits = (1000...10999).contains(fields.port) && fields.sequence == 17 && fields.flags & 0x17 == 2
    guard case .knock(let knock) = read(packet) else {
      precondition(!fits || asked == nil, "a trigger is refused")
      return
    }
    guard let asked, fits else { preconditionFailure("a packet opens that is no trigger") }
    precondition(knock.wish == .services([Service(.tcp, asked)]) && knock.strength == .plain)
  }

  private static func read(_ packet: [UInt8]) -> Reading? {
    packet.withBytes { packet in
      guard let view = try? PacketView(packet) else { return nil }
      return reader.read(view, at: now)
    }
  }
}

/// The entry point of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHeader(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  HeaderFuzzTarget.run(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}
