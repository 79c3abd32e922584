// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct KnockdReaderTests {
  /// A reader with a key for each list of steps.
  private final class Desk {
    static let start = Timestamp(seconds: 1_800_000_000)
    var reader: KnockdReader

    init(_ credentials: [KnockdCredential], capacity: Int = 1024) {
      reader = KnockdReader(
        credentials.enumerated().map { Registered(KeyIndex($0), $1) }, seed: 7, capacity: capacity)
    }

    func read(_ packet: SequencePacket, at milliseconds: Int64 = 0) throws -> Reading {
      try packet.bytes().withBytes { bytes in
        reader.read(try PacketView(bytes), at: Self.start + .milliseconds(milliseconds))
      }
    }

    /// What each packet of one source says, a millisecond after the other.
    func words(_ packets: String..., from source: String = "192.0.2.7") throws -> [String] {
      try packets.enumerated().map { try read(SequencePacket(word: $1, source: source), at: Int64($0)).word }
    }
  }

  private static func steps(_ text: String, flags: TCPFlagTest = .any) -> [KnockdStep] {
    text.split(separator: ",").compactMap { KnockdStep($0, flags: flags) }
  }

  private func key(
    _ text: String, timeout: Timestamp.Span = .seconds(5), targets: [String] = [], ignoresRetransmissions: Bool = false
  ) -> KnockdCredential {
    KnockdCredential(
      sequences: .always(Self.steps(text)), timeout: timeout, targets: targets.compactMap { IPAddress($0) },
      ignoresRetransmissions: ignoresRetransmissions)
  }

  @Test func theKnockTakesThePacketsSource() throws {
    for (source, destination) in [("192.0.2.7", "192.0.2.1"), ("2001:db8::7", "2001:db8::1")] {
      let desk = Desk([key("tcp/1"), key("udp/2,echo")])
      _ = try desk.read(SequencePacket(word: "udp/2", source: source, destination: destination))
      let reading = try desk.read(SequencePacket(word: "echo", source: source, destination: destination), at: 9)
      guard case .knock(let knock) = reading else { throw Missing(reading.word) }
      #expect(knock.knockProtocol == .knockd && knock.key == KeyIndex(1) && knock.action == .open && knock.wish == .door(nil))
      #expect(knock.stamp == Desk.start + .milliseconds(9) && knock.strength == .plain)
      #expect(knock.ipv4 == (source.contains(":") ? .none : .packetSource(port: nil)))
      #expect(knock.ipv6 == (source.contains(":") ? .packetSource(port: nil) : .none))
    }
  }

  private struct Missing: Error {
    let word: String
    init(_ word: String) { self.word = word }
  }

  @Test func eachKnockHasANameOfItsOwn() throws {
    let desk = Desk([key("tcp/1"), key("tcp/2")])
    var ids: Set<Bytes16> = []
    for (source, word, time) in [
      ("192.0.2.7", "tcp/1", 0), ("192.0.2.8", "tcp/1", 0), ("192.0.2.7", "tcp/2", 0), ("192.0.2.7", "tcp/1", 1),
    ] {
      guard case .knock(let knock) = try desk.read(SequencePacket(word: word, source: source), at: Int64(time)) else {
        throw Missing(word)
      }
      ids.insert(knock.id)
    }
    #expect(ids.count == 4)
  }

  @Test func sharedPrefixes() throws {
    // ABA, ABB and BAA, as the keys 0, 1 and 2.
    let keys = [key("tcp/1,tcp/2,tcp/1"), key("tcp/1,tcp/2,tcp/2"), key("tcp/2,tcp/1,tcp/1")]
    #expect(try Desk(keys).words("tcp/1", "tcp/2", "tcp/1") == ["step", "step", "open 0"])
    #expect(try Desk(keys).words("tcp/1", "tcp/2", "tcp/2") == ["step", "step", "open 1"])
    #expect(try Desk(keys).words("tcp/2", "tcp/1", "tcp/1") == ["step", "step", "open 2"])
    #expect(
      try Desk(keys).words("tcp/1", "tcp/1", "tcp/2", "tcp/1", "tcp/1")
        == ["step", "out-of-sequence", "step", "step", "open 2"])
  }

  @Test func manyClientsAtOnce() throws {
    let desk = Desk([key("tcp/1,tcp/2,tcp/1"), key("tcp/1,tcp/2,tcp/2"), key("tcp/2,tcp/1,tcp/1")], capacity: 4096)
    let knocks = [["tcp/1", "tcp/2", "tcp/1"], ["tcp/1", "tcp/2", "tcp/2"], ["tcp/2", "tcp/1", "tcp/1"]]
    for step in 0..<3 {
      for client in 0..<240 {
        let packet = SequencePacket(word: knocks[client % 3][step], source: "10.0.\(client / 100).\(client % 100 + 1)")
        #expect(try desk.read(packet).word == (step < 2 ? "step" : "open \(client % 3)"))
      }
    }
    #expect(desk.reader.attemptCount == 0)
  }

  /// Each row: keys, packets of one source, what they say.
  static let rows: [(String, [String], [String], [String])] = [
    ("one step", ["udp/9"], ["udp/9", "udp/9"], ["open 0", "open 0"]),
    ("a port of nobody breaks nothing", ["tcp/1,tcp/2"], ["tcp/1", "tcp/3", "tcp/2"], ["step", "out-of-sequence", "open 0"]),
    (
      "a port of another one does", ["tcp/1,tcp/2", "tcp/3,tcp/4"], ["tcp/1", "tcp/3", "tcp/2"],
      ["step", "out-of-sequence", "out-of-sequence"]
    ),
    (
      "the packet that breaks begins nothing", ["tcp/1,tcp/2"], ["tcp/1", "tcp/1", "tcp/2"],
      ["step", "out-of-sequence", "out-of-sequence"]
    ),
    ("begun again", ["tcp/1,tcp/2"], ["tcp/1", "tcp/1", "tcp/1", "tcp/2"], ["step", "out-of-sequence", "step", "open 0"]),
    ("a prefix", ["tcp/1,tcp/2", "tcp/1,tcp/2,tcp/3"], ["tcp/1", "tcp/2", "tcp/3"], ["step", "open 0", "open 1"]),
    ("one port, three times", ["tcp/1,tcp/1,tcp/1"], ["tcp/1", "tcp/1", "tcp/1"], ["step", "step", "open 0"]),
    (
      "another transport", ["tcp/1,udp/2"], ["tcp/1", "tcp/2", "udp/1", "udp/2"],
      ["step", "out-of-sequence", "out-of-sequence", "open 0"]
    ),
    ("echo requests", ["echo,tcp/1,echo"], ["echo", "tcp/1", "reply", "echo"], ["step", "step", "wrong-transport", "open 0"]),
    ("flags that do not fit", ["tcp/1 syn,tcp/2 syn"], ["tcp/1", "tcp/2 ack", "tcp/2"], ["step", "out-of-sequence", "open 0"]),
    (
      "flags that do not fit, of the first step", ["tcp/1 syn !ack,tcp/2 syn"], ["tcp/1 syn ack", "tcp/1", "tcp/2"],
      ["out-of-sequence", "step", "open 0"]
    ),
    (
      "each step has its own flags", ["tcp/1 syn,tcp/1 fin"], ["tcp/1", "tcp/1", "tcp/1 fin"],
      ["step", "out-of-sequence", "open 0"]
    ),
    (
      "a segment is passed over by who waits for a datagram", ["tcp/1 syn,udp/2,tcp/3 syn", "tcp/3 fin"],
      ["tcp/1", "tcp/3 fin", "udp/2", "tcp/3"],
      ["step", "out-of-sequence", "step", "open 0"]
    ),
    (
      "flags that do not fit begin no other", ["tcp/1 syn,tcp/2 syn", "tcp/1 fin,tcp/2 fin"],
      ["tcp/1", "tcp/1 fin", "tcp/2", "tcp/2 fin"], ["step", "out-of-sequence", "open 0", "out-of-sequence"]
    ),
    ("the first of equals", ["tcp/1,tcp/2", "tcp/1,tcp/2"], ["tcp/1", "tcp/2"], ["step", "open 0"]),
  ]

  @Test(arguments: rows) func sequences(_ row: (name: String, keys: [String], packets: [String], words: [String])) throws {
    let desk = Desk(row.keys.map { key($0) })
    let words = try row.packets.enumerated().map { try desk.read(SequencePacket(word: $1), at: Int64($0)).word }
    #expect(words == row.words, "\(row.name)")
  }

  @Test func timeRunsFromTheFirstStep() throws {
    for (last, word) in [(1999, "open 0"), (2000, "out-of-sequence")] as [(Int64, String)] {
      let desk = Desk([key("tcp/1,tcp/2,tcp/3", timeout: .seconds(2))])
      #expect(try desk.read(SequencePacket(word: "tcp/1")).word == "step")
      #expect(try desk.read(SequencePacket(word: "tcp/2"), at: 1500).word == "step")
      #expect(try desk.read(SequencePacket(word: "tcp/3"), at: last).word == word)
    }
  }

  @Test func aLateFirstStepBeginsAnew() throws {
    let desk = Desk([key("tcp/1,tcp/2", timeout: .seconds(2))])
    #expect(try desk.read(SequencePacket(word: "tcp/1")).word == "step")
    #expect(try desk.read(SequencePacket(word: "tcp/1"), at: 2000).word == "step")
    #expect(try desk.read(SequencePacket(word: "tcp/2"), at: 2001).word == "open 0")
  }

  @Test func familiesAndSourcesAreApart() throws {
    let desk = Desk([key("tcp/1,tcp/2")])
    #expect(try desk.read(SequencePacket(word: "tcp/1")).word == "step")
    #expect(try desk.read(SequencePacket(word: "tcp/2", source: "192.0.2.8")).word == "out-of-sequence")
    #expect(
      try desk.read(SequencePacket(word: "tcp/2", source: "2001:db8::7", destination: "2001:db8::1")).word == "out-of-sequence")
    #expect(try desk.read(SequencePacket(word: "tcp/2", sourcePort: 9)).word == "open 0")
  }

  @Test func targets() throws {
    let desk = Desk([key("tcp/1,tcp/2", targets: ["192.0.2.1", "192.0.2.9"]), key("tcp/5", targets: ["192.0.2.2"])])
    #expect(try desk.read(SequencePacket(word: "tcp/1", destination: "192.0.2.3")).word == "out-of-sequence")
    #expect(try desk.read(SequencePacket(word: "tcp/1", destination: "192.0.2.9")).word == "step")
    #expect(try desk.read(SequencePacket(word: "tcp/2", destination: "192.0.2.2")).word == "out-of-sequence")
    #expect(
      try desk.read(SequencePacket(word: "tcp/5", destination: "192.0.2.2")).word == "out-of-sequence",
      "not for the attempt, and used up")
    #expect(try desk.read(SequencePacket(word: "tcp/2")).word == "open 0")
    #expect(try desk.read(SequencePacket(word: "tcp/5", destination: "192.0.2.2")).word == "open 1")
  }

  @Test func retransmissions() throws {
    let packets: [(String, UInt16, UInt32)] = [
      ("tcp/1", 10, 100), ("tcp/1", 10, 100), ("tcp/2", 11, 200), ("tcp/1", 10, 100), ("tcp/3", 12, 300), ("tcp/1", 10, 100),
      ("tcp/2", 11, 200), ("tcp/3", 12, 300), ("tcp/1", 13, 100), ("tcp/2", 14, 1), ("tcp/3", 15, 1),
    ]
    let expected = [
      true: [
        "step", "duplicate", "step", "duplicate", "open 0", "duplicate", "duplicate", "duplicate", "step", "step", "open 0",
      ],
      false: [
        "step", "out-of-sequence", "out-of-sequence", "step", "out-of-sequence", "step", "step", "open 0", "step", "step",
        "open 0",
      ],
    ]
    for (ignores, words) in expected {
      let desk = Desk([key("tcp/1,tcp/2,tcp/3", ignoresRetransmissions: ignores)])
      let found = try packets.map { try desk.read(SequencePacket(word: $0, sourcePort: $1, sequence: $2)).word }
      #expect(found == words, "\(ignores)")
    }
  }

  @Test func aRetransmissionOfOneStepIsNoSecondKnock() throws {
    let desk = Desk([key("tcp/1", ignoresRetransmissions: true)])
    #expect(try desk.words("tcp/1", "tcp/1") == ["open 0", "duplicate"])
    #expect(try desk.read(SequencePacket(word: "tcp/1", sequence: 2)).word == "open 0")
  }

  @Test func otherSegmentsBreakEvenThen() throws {
    let desk = Desk([key("tcp/1,tcp/2", ignoresRetransmissions: true)])
    #expect(try desk.read(SequencePacket(word: "tcp/1", sourcePort: 10)).word == "step")
    #expect(try desk.read(SequencePacket(word: "tcp/1", sourcePort: 11)).word == "out-of-sequence")
    #expect(try desk.read(SequencePacket(word: "tcp/2")).word == "out-of-sequence")
  }

  private func list(_ lines: [String], numbers: [UInt32]? = nil) -> KnockdCredential {
    let numbers = numbers ?? (0..<UInt32(lines.count)).map { $0 }
    let sequences = zip(numbers, lines).map { KnockdCredential.Line(number: $0, steps: Self.steps($1)) }
    return KnockdCredential(sequences: .oneTime(sequences), timeout: .seconds(5))
  }

  @Test func eachLineOpensOnce() throws {
    let desk = Desk([list(["tcp/1,tcp/2", "tcp/3,tcp/4"]), key("tcp/8,tcp/9")])
    #expect(try desk.words("tcp/3", "tcp/4") == ["out-of-sequence", "out-of-sequence"], "not yet")
    #expect(try desk.words("tcp/1", "tcp/2") == ["step", "open 0"])
    #expect(try desk.words("tcp/1", "tcp/2") == ["out-of-sequence", "out-of-sequence"], "used")
    #expect(try desk.words("tcp/3", "tcp/4", from: "192.0.2.8") == ["step", "open 0"], "for everybody")
    #expect(try desk.words("tcp/1", "tcp/3") == ["out-of-sequence", "out-of-sequence"], "used up")
    #expect(try desk.words("tcp/8", "tcp/9") == ["step", "open 1"])
  }

  @Test func oneTimeKnocksAreKeyed() throws {
    guard case .knock(let knock) = try Desk([list(["tcp/1"])]).read(SequencePacket(word: "tcp/1")) else { throw Missing("tcp/1") }
    #expect(knock.strength == .keyed)
  }

  @Test func whoCameTooLateBeginsTheNextLine() throws {
    let desk = Desk([list(["tcp/1,tcp/2", "tcp/3,tcp/4"])])
    #expect(try desk.words("tcp/1", from: "192.0.2.8") == ["step"])
    #expect(try desk.words("tcp/1", "tcp/2") == ["step", "open 0"])
    #expect(try desk.words("tcp/2", "tcp/3", "tcp/4", from: "192.0.2.8") == ["out-of-sequence", "step", "open 0"])
  }

  @Test(
    arguments: [(0, "tcp/1"), (1, "tcp/2"), (5, "tcp/2"), (6, "tcp/3"), (9, "tcp/3"), (10, nil), (.max, nil)]
      as [(UInt64, String?)])
  func resumesBehindWhatIsUsed(_ number: UInt64, _ live: String?) throws {
    let desk = Desk([list(["tcp/1", "tcp/2", "tcp/3"], numbers: [0, 5, 9])])
    desk.reader.resume(KeyIndex(0), at: number)
    for word in ["tcp/1", "tcp/2", "tcp/3"] {
      let copy = Desk([list(["tcp/1", "tcp/2", "tcp/3"], numbers: [0, 5, 9])])
      copy.reader.resume(KeyIndex(0), at: number)
      #expect(try copy.read(SequencePacket(word: word)).word == (word == live ? "open 0" : "out-of-sequence"))
    }
  }

  @Test func aFloodOfFirstStepsBreaksNobodysKnock() throws {
    let desk = Desk([key("udp/1,tcp/2,tcp/3")], capacity: 4096)
    for round in 0..<20 {
      #expect(try desk.words("udp/1", "tcp/2") == ["step", "step"])
      for number in 0..<5000 {
        let source = IPv4Address(0x0a00_0000 + UInt32(round * 5000 + number)).description
        _ = try desk.read(SequencePacket(word: "udp/1", source: source))
      }
      #expect(try desk.words("tcp/3") == ["open 0"])
      #expect(desk.reader.attemptCount <= 4096)
    }
  }

  @Test func withoutKeysEverythingIsRefused() throws {
    #expect(try Desk([]).words("tcp/1", "udp/1", "echo") == ["out-of-sequence", "out-of-sequence", "out-of-sequence"])
  }
}
