// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// Doors that the fuzzer knows, and the texts that configurations and tables may hold.
private final class TumblerFuzzTarget {
  static let now = Timestamp(seconds: 1_800_000_000)
  static let source = IPAddress.v4(IPv4Address(0xc000_0207))

  private var reader: TumblerReader
  private let builder: PacketBuilder
  private let doors: [TumblerCredential]

  init?() {
    guard let port = Port(8675), let builder = PacketBuilder(from: Self.source, to: .v4(IPv4Address(0xc000_0201))) else {
      return nil
    }
    let doors = [nil, "alice"].map {
      TumblerCredential(port: port, secret: Array("open".utf8), user: $0, time: .standard, separator: ",")
    }
    guard let reader = try? TumblerReader(doors.enumerated().map { Registered(KeyIndex($0), $1) }, now: Self.now) else {
      return nil
    }
    self.reader = reader
    self.builder = builder
    self.doors = doors
  }

  /// The first byte chooses what the rest is: a packet, a datagram, a change in a true one, a pattern.
  func run(_ input: [UInt8]) {
    guard let depth = input.first else { return }
    let rest = Array(input.dropFirst())
    switch depth % 4 {
    case 0: _ = read(rest, at: Self.now)
    case 1: precondition(!isKnock(rest, at: Self.now), "nobody guesses a SHA-256")
    case 2: runTrue(rest)
    default: runPattern(rest)
    }
  }

  /// A datagram opens for its own minute and its neighbours, and with no bit changed.
  private func runTrue(_ bytes: [UInt8]) {
    guard bytes.count >= 6 else { return }
    let numbers = bytes.withBytes { ($0.byte(0), Int64(Int16(bitPattern: $0.u16(at: 1))), $0.byte(3), $0.byte(4)) }
    let moment = Self.now + .seconds(numbers.1)
    var datagram = TumblerEncoder.datagram(doors[Int(numbers.0) % doors.count], from: Self.source, at: moment)
    let distance = Int64(moment.nanoseconds / 60_000_000_000) - Int64(Self.now.nanoseconds / 60_000_000_000)
    precondition(isKnock(datagram, at: Self.now) == (-1...1).contains(distance))
    datagram[Int(numbers.2) % datagram.count] ^= numbers.3
    precondition(numbers.3 == 0 || !isKnock(datagram, at: Self.now))
  }

  private func runPattern(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let pattern = TimePattern(text) else { return }
    precondition(pattern.description == text && TimePattern(pattern.description) == pattern)
    for seconds in [0, 951_782_400, 1_800_000_000, 4_102_444_800] as [UInt64] {
      _ = pattern.text(at: Timestamp(seconds: seconds))
    }
  }

  private func isKnock(_ datagram: [UInt8], at now: Timestamp) -> Bool {
    if case .knock = read(builder.udp(from: 7, to: 8675, payload: datagram), at: now) { true } else { false }
  }

  private func read(_ packet: [UInt8], at now: Timestamp) -> Reading? {
    packet.withBytes { packet in
      guard let view = try? PacketView(packet) else { return nil }
      return reader.read(view, at: now)
    }
  }
}

// libFuzzer calls from one thread alone.
nonisolated(unsafe) private let target = TumblerFuzzTarget()

/// The entry point of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTumbler(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let target = unsafe target else { preconditionFailure("libcrypto is not usable") }
  target.run(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}
