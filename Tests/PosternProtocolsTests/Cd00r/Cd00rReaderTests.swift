// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

@Suite struct Cd00rReaderTests {
  private final class Desk {
    var reader: Cd00rReader
    init(_ credentials: [Cd00rCredential]) {
      reader = Cd00rReader(credentials.enumerated().map { Registered(KeyIndex($0), $1) }, seed: 7, capacity: 1024)
    }

    func read(_ packet: SequencePacket, at milliseconds: Int64 = 0) throws -> String {
      try packet.bytes().withBytes { bytes in
        reader.read(try PacketView(bytes), at: Timestamp(seconds: 1_800_000_000) + .milliseconds(milliseconds))
      }.word
    }
  }

  private func code(
    _ ports: [UInt16] = [1, 2, 3], timeout: Timestamp.Span? = .seconds(2), targets: [String] = [], resets: Bool = true,
    _ state: Cd00rCredential.State = .perSource
  ) -> Cd00rCredential {
    Cd00rCredential(
      ports: ports.compactMap { Port($0) }, timeout: timeout, targets: targets.compactMap { IPAddress($0) }, resets: resets,
      state: state)
  }

  private static let other = "192.0.2.8"

  /// Each row: whether the code resets, packets (those with `*` of another sender), and what they say, by kind of state.
  static let rows: [(name: String, resets: Bool, packets: [String], words: [Cd00rCredential.State: [String]])] = [
    (
      "in order", true, ["tcp/1", "tcp/2", "tcp/3"],
      [
        .perSource: ["step", "step", "open 0"], .globalOfOneSender: ["step", "step", "open 0"],
        .global: ["step", "step", "open 0"],
      ]
    ),
    (
      "a port of the code resets", true, ["tcp/1", "tcp/3", "tcp/2", "tcp/3"],
      [
        .perSource: ["step", "out-of-sequence", "out-of-sequence", "out-of-sequence"],
        .global: ["step", "out-of-sequence", "out-of-sequence", "out-of-sequence"],
      ]
    ),
    (
      "or not", false, ["tcp/1", "tcp/3", "tcp/2", "tcp/3"],
      [.perSource: ["step", "out-of-sequence", "step", "open 0"], .global: ["step", "out-of-sequence", "step", "open 0"]]
    ),
    (
      "another sender", true, ["tcp/1", "*tcp/2", "tcp/2", "tcp/3"],
      [
        .perSource: ["step", "out-of-sequence", "step", "open 0"],
        .globalOfOneSender: ["step", "out-of-sequence", "out-of-sequence", "out-of-sequence"],
        .global: ["step", "step", "out-of-sequence", "out-of-sequence"],
      ]
    ),
    (
      "several senders", true, ["tcp/1", "*tcp/2", "tcp/3"],
      [
        .perSource: ["step", "out-of-sequence", "out-of-sequence"],
        .globalOfOneSender: ["step", "out-of-sequence", "out-of-sequence"],
        .global: ["step", "step", "open 0"],
      ]
    ),
    (
      "two at once", true, ["tcp/1", "*tcp/1", "tcp/2", "*tcp/2", "tcp/3", "*tcp/3"],
      [
        .perSource: ["step", "step", "step", "step", "open 0", "open 0"],
        .globalOfOneSender: [
          "step", "out-of-sequence", "out-of-sequence", "out-of-sequence", "out-of-sequence", "out-of-sequence",
        ],
      ]
    ),
    (
      "flags", true, ["tcp/1 syn fin", "tcp/2 syn ack", "tcp/2 ack", "udp/2", "tcp/2 syn", "tcp/3 syn psh"],
      [.perSource: ["step", "wrong-transport", "wrong-transport", "wrong-transport", "step", "open 0"]]
    ),
  ]

  @Test(arguments: rows.indices) func codes(_ row: Int) throws {
    let row = Self.rows[row]
    for (state, words) in row.words {
      let desk = Desk([code(resets: row.resets, state)])
      let found = try row.packets.map { word in
        let isOther = word.hasPrefix("*")
        return try desk.read(
          SequencePacket(word: isOther ? String(word.dropFirst()) : word, source: isOther ? Self.other : "192.0.2.7"))
      }
      #expect(found == words, "\(row.name), \(state)")
    }
  }

  @Test(arguments: Cd00rCredential.State.allCases) func timeRunsFromTheFirstStep(_ state: Cd00rCredential.State) throws {
    for (last, word) in [(1999, "open 0"), (2000, "out-of-sequence"), (-1, "out-of-sequence")] as [(Int64, String)] {
      let desk = Desk([code([1, 2, 3], state)])
      #expect(try desk.read(SequencePacket(word: "tcp/1")) == "step")
      #expect(try desk.read(SequencePacket(word: "tcp/2"), at: min(last, 1500)) == (last < 0 ? "out-of-sequence" : "step"))
      #expect(try desk.read(SequencePacket(word: "tcp/3"), at: last) == word)
    }
  }

  @Test(arguments: Cd00rCredential.State.allCases) func orNeverEnds(_ state: Cd00rCredential.State) throws {
    let desk = Desk([code([1, 2, 3], timeout: nil, state)])
    #expect(try desk.read(SequencePacket(word: "tcp/1")) == "step")
    #expect(try desk.read(SequencePacket(word: "tcp/2"), at: 1_000_000_000) == "step")
    #expect(try desk.read(SequencePacket(word: "tcp/3"), at: 2_000_000_000) == "open 0")
  }

  @Test func aSegmentFromAPortOfTheCodeResets() throws {
    let desk = Desk([code()])
    #expect(try desk.read(SequencePacket(word: "tcp/1")) == "step")
    #expect(try desk.read(SequencePacket(word: "tcp/777", sourcePort: 2)) == "out-of-sequence")
    #expect(try desk.read(SequencePacket(word: "tcp/2")) == "out-of-sequence")
  }

  @Test func targets() throws {
    let desk = Desk([code(targets: ["192.0.2.1"])])
    #expect(try desk.read(SequencePacket(word: "tcp/1", destination: "192.0.2.2")) == "out-of-sequence")
    #expect(try desk.read(SequencePacket(word: "tcp/1")) == "step")
    #expect(try desk.read(SequencePacket(word: "tcp/3", destination: "192.0.2.2")) == "out-of-sequence")
    #expect(try desk.read(SequencePacket(word: "tcp/2")) == "step")
  }

  @Test func codesDoNotTouchEachOther() throws {
    let desk = Desk([code([1, 2]), code([1, 2, 3]), code([2, 1])])
    #expect(try ["tcp/1", "tcp/2", "tcp/3"].map { try desk.read(SequencePacket(word: $0)) } == ["step", "open 0", "open 1"])
    let other = Desk([code([1, 2]), code([1, 2, 3]), code([2, 1])])
    #expect(try ["tcp/2", "tcp/1"].map { try other.read(SequencePacket(word: $0)) } == ["step", "open 2"])
  }

  @Test func bothFamilies() throws {
    let desk = Desk([code()])
    let found = try ["tcp/1", "tcp/2", "tcp/3"].map {
      try desk.read(SequencePacket(word: $0, source: "2001:db8::7", destination: "2001:db8::1"))
    }
    #expect(found == ["step", "step", "open 0"])
    #expect(desk.reader.attemptCount == 0)
  }
}
