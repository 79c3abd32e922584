// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// A guest list that the fuzzer knows, so that it gets behind the digest.
private final class DoormanFuzzTarget {
  static let now = Timestamp(seconds: 1_800_000_000)
  static let secret = Array("opensesame".utf8)

  private let reader: DoormanReader
  private let builder: PacketBuilder

  init?() {
    guard let port = Port(1001), let ssh = Port(22), let network = AddressPrefix("192.0.2.0/24"),
      let builder = PacketBuilder(from: .v4(IPv4Address(0xc000_0207)), to: .v4(IPv4Address(0xc000_0201)))
    else { return nil }
    let guest = DoormanCredential(port: port, group: "foo", secret: Self.secret, ports: [ssh], networks: [network])
    guard let reader = try? DoormanReader([Registered(KeyIndex(0), guest)]) else { return nil }
    self.reader = reader
    self.builder = builder
  }

  /// The first byte chooses how deep the rest goes in: whole packets, datagrams, and datagrams that are signed.
  func run(_ input: [UInt8]) {
    guard let depth = input.first else { return }
    let rest = Array(input.dropFirst())
    switch depth % 3 {
    case 0: _ = read(rest)
    case 1: check(rest)
    default: runSigned(rest)
    }
  }

  /// What the reader takes is what the encoder writes, but for the letters of the digest and a newline.
  private func check(_ datagram: [UInt8]) {
    guard case .knock(let knock) = read(builder.udp(from: 7, to: 1001, payload: datagram)) else { return }
    let words = String(decoding: datagram, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 4, let number = UInt16(words[0]), let port = Port(number), let tag = UInt64(words[2]) else {
      preconditionFailure("not Doorman's form")
    }
    precondition(knock.flaw == (number == 22 ? nil : .serviceNotServed) && knock.stamp == Self.now)
    guard let tag = UInt32(exactly: tag) else { return }
    let made = Self.secret.withBytes { DoormanEncoder.datagram(asking: port, group: "foo", secret: $0, tag: tag) }
    precondition(made == Array(String(decoding: datagram, as: UTF8.self).lowercased().utf8.prefix(made?.count ?? 0)))
  }

  /// A datagram of the group, with the fuzzer's port and tag; then one byte of it changes.
  private func runSigned(_ bytes: [UInt8]) {
    guard bytes.count >= 8 else { return }
    let words = bytes.withBytes { ($0.u16(at: 0), $0.u32(at: 2), $0.byte(6), $0.byte(7)) }
    guard let port = Port(words.0),
      var datagram = Self.secret.withBytes({ DoormanEncoder.datagram(asking: port, group: "foo", secret: $0, tag: words.1) })
    else { return }
    check(datagram)
    guard case .knock = read(builder.udp(from: 7, to: 1001, payload: datagram)) else { preconditionFailure("not read") }
    datagram[Int(words.2) % datagram.count] ^= words.3
    check(datagram)
  }

  private func read(_ packet: [UInt8]) -> Reading? {
    packet.withBytes { packet in
      guard let view = try? PacketView(packet) else { return nil }
      return reader.read(view, at: Self.now)
    }
  }
}

// libFuzzer calls from one thread alone.
nonisolated(unsafe) private let target = DoormanFuzzTarget()

/// The entry point of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDoorman(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let target = unsafe target else { preconditionFailure("libcrypto is not usable") }
  target.run(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}
