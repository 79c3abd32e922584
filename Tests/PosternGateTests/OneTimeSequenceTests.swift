// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternGate
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// A list of one-time sequences over restarts of the gate: what was used stays used, and what is not known is not believed.
@Suite struct OneTimeSequenceTests {
  private static let start = Timestamp(seconds: 1_800_000_000)
  private static let machine = Bytes16(high: 1, low: 2)
  private static let layout = KeyStateLayout(keys: 1)

  private static func tables() -> GateTables {
    let lines = ["tcp/1,tcp/2", "tcp/3", "udp/4,tcp/5"].enumerated().map { number, text in
      KnockdCredential.Line(
        number: UInt32(number), steps: text.split(separator: ",").compactMap { KnockdStep($0, flags: .any) })
    }
    return GateTables(
      gatewayKeys: [.init(privateKey: Bytes32(high: machine, low: machine), validity: .always)], admissions: [.always(.zero)],
      keys: [
        .init(
          user: 0, credential: .knockd(.init(sequences: .oneTime(lines), timeout: .seconds(5))), validity: .always,
          fingerprint: 77)
      ],
      users: [.init(doors: [0], defaultDoor: 0, longestLease: 3600, mayUsePacketSource: true, validity: .always)],
      doors: [
        .init(
          id: DoorID(1), hasIPv4: true, hasIPv6: true, defaultLease: 30, longestLease: 600, weakest: .keyed, addresses: .all,
          allowsLinkLocal: false)
      ], keyBucket: .init(burst: 100, refill: .seconds(1)), curveBudget: 1, clockIsTrusted: true)
  }

  /// A gate on the bytes of a file of key states.
  private final class Life {
    var gate: Gate
    private(set) var file: [UInt8]
    private var now = OneTimeSequenceTests.start

    init(_ file: [UInt8], history: RingHistory = .continued) throws {
      var tables = OneTimeSequenceTests.tables()
      let prepared = try PreparedGate(tables: &tables, seed: 1, at: now)
      let states = KeyStates(
        file.withBytes { KeyStateImage.read($0) }, layout: OneTimeSequenceTests.layout, machine: machine, history: history,
        tracking: prepared.trackedKeys)
      gate = prepared.begin(replay: ReplayMemory([]), states: states, clockIsSynchronised: true, at: now)
      self.file = file
      write()
    }

    func write() {
      let batch = gate.unwrittenStates()
      for run in batch.runs { file.replaceSubrange(run.offset..<run.offset + run.bytes.count, with: run.bytes) }
      gate.markWritten(batch)
    }

    /// What the last packet comes to.
    func knock(_ words: String...) throws -> String {
      var last = ""
      for word in words {
        now = now + .milliseconds(1)
        let parts = word.split(separator: "/")
        let port = try #require(UInt16(parts[1]))
        let bytes =
          parts[0] == "udp"
          ? World.builder.udp(from: 40_000, to: port, payload: [0]) : World.builder.tcp(from: 40_000, to: port, flags: .syn)
        let outcome = bytes.withBytes { packet in
          Array("knockd".utf8).withBytes { gate.receive(packet, prefix: $0, at: now) }
        }
        last = Self.word(outcome)
      }
      return last
    }

    private static func word(_ outcome: Gate.Outcome) -> String {
      switch outcome {
      case .refused(let denial): denial.description
      case .refusedKnown(let refusal): "known \(refusal.denial)"
      case .step: "step"
      case .granted(let grants): grants.map { "\($0.action) \($0.lease)" }.joined(separator: ",")
      }
    }
  }

  private static let blank = [UInt8](repeating: 0, count: layout.fileSize)

  @Test func aUsedLineStaysUsed() throws {
    let first = try Life(Self.blank, history: .new)
    #expect(try first.knock("tcp/1", "tcp/2") == "open 30")
    first.write()
    let second = try Life(first.file)
    #expect(try second.knock("tcp/1", "tcp/2") == "out-of-sequence", "of the first life")
    #expect(try second.knock("tcp/3") == "open 30")
    second.write()
    let third = try Life(second.file)
    #expect(try third.knock("tcp/3") == "out-of-sequence")
    #expect(try third.knock("udp/4", "tcp/5") == "open 30")
    third.write()
    #expect(try Life(third.file).knock("udp/4", "tcp/5") == "out-of-sequence", "the list is used up")
  }

  @Test func unfinishedLinesAreNotUsed() throws {
    let first = try Life(Self.blank, history: .new)
    #expect(try first.knock("tcp/1") == "step")
    first.write()
    #expect(try Life(first.file).knock("tcp/1", "tcp/2") == "open 30")
  }

  @Test func withoutItsMemoryTheListOpensNothing() throws {
    let first = try Life(Self.blank, history: .new)
    #expect(try first.knock("tcp/1", "tcp/2") == "open 30")
    first.write()
    #expect(try Life(Self.blank).knock("tcp/1", "tcp/2") == "known key-state-lost", "the file is gone")
    var damaged = first.file
    damaged[20] ^= 1
    #expect(try Life(damaged).knock("tcp/1", "tcp/2") == "known key-state-lost", "the file is damaged")
  }
}
