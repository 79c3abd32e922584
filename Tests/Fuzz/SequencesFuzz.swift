// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

// Packets of few sources to few ports, at times that the fuzzer chooses, to the readers of plain sequences, and beside them what their
// promises say, written as plainly as can be.

/// A packet as both sides see it.
private struct Hit {
  var source: UInt8
  var transport: UInt8
  var port: UInt16
  var flags: TCPHeader.Flags
  var sequence: UInt32
  var time: Timestamp

  var bytes: [UInt8] {
    let source = IPAddress.v4(IPv4Address(0xc000_0200 | UInt32(source)))
    guard let builder = PacketBuilder(from: source, to: .v4(IPv4Address(0xc000_0201))) else { preconditionFailure() }
    switch transport {
    case 0: return builder.tcp(from: 40_000, to: port, flags: flags, sequence: sequence)
    case 1: return builder.udp(from: 40_000, to: port, payload: [0])
    default: return builder.echoRequest(identifier: 1, sequence: 1, payload: [])
    }
  }

  func fits(_ step: KnockdStep) -> Bool {
    switch step {
    case .tcp(let port, let test): transport == 0 && port.number == self.port && test.fits(flags)
    case .udp(let port): transport == 1 && port.number == self.port
    case .echo: transport == 2
    }
  }

  /// Whether an attempt at this place of a sequence has an eye for it.
  func matters(_ place: Int, _ steps: [KnockdStep]) -> Bool {
    guard transport == 0 else { return true }
    if case .tcp(_, let test) = steps[place] { return test.fits(flags) }
    return steps.contains { if case .tcp(_, let test) = $0 { test.fits(flags) } else { false } }
  }
}

/// What knockd's users expect.
private struct KnockdModel {
  private struct Attempt {
    var key: Int
    var line: Int
    var taken: Int
    var begun: Timestamp
  }

  private let lines: [[[KnockdStep]]]
  private let isOneTime: [Bool]
  private let timeout: Timestamp.Span
  private var live: [Int]
  private var attempts: [UInt8: [Attempt]] = [:]

  init(_ credentials: [KnockdCredential], timeout: Timestamp.Span) {
    lines = credentials.map { credential in
      switch credential.sequences {
      case .always(let steps): [steps]
      case .oneTime(let lines): lines.map(\.steps)
      }
    }
    isOneTime = credentials.map(\.isOneTime)
    live = credentials.map { _ in 0 }
    self.timeout = timeout
  }

  private func steps(_ key: Int) -> [KnockdStep]? { live[key] < lines[key].count ? lines[key][live[key]] : nil }

  /// The key that opens.
  mutating func read(_ hit: Hit) -> Int? {
    let keys = lines.indices
    guard keys.contains(where: { key in steps(key)?.contains { hit.fits($0) } ?? false }) else { return nil }
    let alive = (attempts[hit.source] ?? []).filter {
      $0.begun <= hit.time && hit.time < $0.begun + timeout && $0.line == live[$0.key]
    }
    var (left, opened): ([Attempt], [Int]) = ([], [])
    if alive.isEmpty {
      for key in keys {
        guard let steps = steps(key), hit.fits(steps[0]) else { continue }
        if steps.count == 1 {
          opened.append(key)
        } else {
          left.append(Attempt(key: key, line: live[key], taken: 1, begun: hit.time))
        }
      }
    }
    for attempt in alive {
      guard let steps = steps(attempt.key) else { continue }
      if !hit.matters(attempt.taken, steps) {
        left.append(attempt)
      } else if hit.fits(steps[attempt.taken]) {
        if attempt.taken + 1 == steps.count {
          opened.append(attempt.key)
        } else {
          left.append(Attempt(key: attempt.key, line: attempt.line, taken: attempt.taken + 1, begun: attempt.begun))
        }
      }
    }
    attempts[hit.source] = left
    guard let key = opened.min() else { return nil }
    if isOneTime[key] { live[key] += 1 }
    return key
  }
}

/// What the original's users expect, with a state for each source.
private struct Cd00rModel {
  let ports: [UInt16]
  let resets: Bool
  let timeout: Timestamp.Span
  private var positions: [UInt8: (taken: Int, begun: Timestamp)] = [:]

  init(_ ports: [UInt16], resets: Bool, timeout: Timestamp.Span) {
    self.ports = ports
    self.resets = resets
    self.timeout = timeout
  }

  mutating func read(_ hit: Hit) -> Bool {
    guard hit.transport == 0, hit.flags.contains(.syn), !hit.flags.contains(.ack), ports.contains(hit.port) else { return false }
    var position = positions[hit.source] ?? (0, hit.time)
    if position.begun > hit.time || hit.time >= position.begun + timeout { position = (0, hit.time) }
    if hit.port == ports[position.taken] {
      if position.taken == 0 { position.begun = hit.time }
      position.taken += 1
    } else if resets {
      position = (0, hit.time)
    }
    let isWhole = position.taken == ports.count
    positions[hit.source] = isWhole || position.taken == 0 ? nil : position
    return isWhole
  }
}

private enum Course {
  private static let timeout = Timestamp.Span.seconds(2)

  static func run(_ program: RawSpan) throws {
    var reader = WireReader(program)
    var credentials: [KnockdCredential] = []
    for _ in 0...Int(try reader.u8() % 4) { credentials.append(try credential(&reader)) }
    let code = try ports(&reader)
    let resets = try reader.u8() & 1 == 0
    let cd00r = Cd00rCredential(
      ports: code.compactMap { Port($0) }, timeout: timeout, targets: [], resets: resets, state: .perSource)
    var knockd = KnockdReader(credentials.enumerated().map { Registered(KeyIndex($0), $1) }, seed: 1, capacity: 256)
    var other = Cd00rReader([Registered(KeyIndex(0), cd00r)], seed: 1, capacity: 64)
    var model = KnockdModel(credentials, timeout: timeout)
    var otherModel = Cd00rModel(code, resets: resets, timeout: timeout)
    var now = Timestamp(seconds: 1_800_000_000)
    while !reader.isAtEnd {
      now = now + .milliseconds(Int64(Int8(bitPattern: try reader.u8())) * 8)
      let hit = try hit(&reader, at: now)
      let bytes = hit.bytes
      let (first, second) = try bytes.withBytes { bytes in
        let view = try PacketView(bytes)
        return (knockd.read(view, at: now), other.read(view, at: now))
      }
      precondition(opened(first) == model.read(hit))
      precondition((opened(second) != nil) == otherModel.read(hit))
      precondition(knockd.attemptCount <= 256 && other.attemptCount <= 64)
    }
  }

  private static func opened(_ reading: Reading) -> Int? { if case .knock(let knock) = reading { knock.key.value } else { nil } }

  private static func ports(_ reader: inout WireReader) throws(WireError) -> [UInt16] {
    var ports: [UInt16] = []
    for _ in 0...(try reader.u8() % 4) { ports.append(UInt16(try reader.u8() % 4) + 1) }
    return ports
  }

  private static func credential(_ reader: inout WireReader) throws(WireError) -> KnockdCredential {
    guard try reader.u8() & 1 == 0 else { return .init(sequences: .always(try steps(&reader)), timeout: timeout) }
    var lines: [KnockdCredential.Line] = []
    for number in 0...UInt32(try reader.u8() % 3) { lines.append(.init(number: number * 3, steps: try steps(&reader))) }
    return .init(sequences: .oneTime(lines), timeout: timeout)
  }

  private static func steps(_ reader: inout WireReader) throws(WireError) -> [KnockdStep] {
    var steps: [KnockdStep] = []
    for _ in 0...(try reader.u8() % 4) {
      let choice = try reader.u8()
      let flags = TCPFlagTest(set: choice & 4 == 0 ? [] : .syn, clear: choice & 8 == 0 ? [] : .ack) ?? .any
      guard let port = Port(UInt16(choice & 3) + 1) else { preconditionFailure() }
      switch (choice >> 4) % 4 {
      case 0, 1: steps.append(.tcp(port, flags))
      case 2: steps.append(.udp(port))
      default: steps.append(.echo)
      }
    }
    return steps
  }

  private static func hit(_ reader: inout WireReader, at now: Timestamp) throws(WireError) -> Hit {
    let choice = try reader.u8()
    let flags: [TCPHeader.Flags] = [.syn, [.syn, .ack], .ack, .fin]
    return Hit(
      source: 2 + (choice >> 6), transport: (choice >> 4 & 3) % 3, port: UInt16(choice & 3) + 1,
      flags: flags[Int(choice >> 2 & 3)],
      sequence: UInt32(choice), time: now)
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSequences(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let program = unsafe [UInt8](UnsafeBufferPointer(start: start, count: min(count, 2048)))
  try? program.withBytes { try Course.run($0) }
  return 0
}
