// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

/// `posternctl explain` as an operator runs it.
@Suite struct ExplainCommandTests {
  /// A configuration in a directory of its own, and alice's laptop.
  private final class Place {
    let scratch: Scratch
    let encoder: SPAEncoder

    static func key(_ byte: UInt8) -> Bytes32 { Bytes32(Array(repeating: byte, count: 32)) ?? .zero }

    init() throws {
      let scratch = try Scratch()
      let encoder = try SPAEncoder(
        SPAProfile(
          clientPrivateKey: Self.key(0x31), presharedKey: Self.key(0x23),
          gatewayPublicKey: X25519PrivateKey(Self.key(0x21)).publicKey,
          admission: Self.key(0x22)))
      for (name, byte) in [("gateway.key", UInt8(0x21)), ("admission", 0x22), ("alice.psk", 0x23)] {
        _ = try scratch.file(name, Base64.encode(Self.key(byte).array) + "\n")
      }
      let text = """
        version = 1
        [gateway]
        key = "gateway.key"
        admission = "admission"
        [state]
        directory = "state"
        [control]
        socket = "control"
        [doors.ssh]
        ports = ["tcp/22"]
        lease = "30s"
        [users.alice]
        doors = ["ssh"]
        [users.alice.keys.laptop]
        public = "\(Base64.encode(encoder.clientPublicKey.array))"
        psk = "alice.psk"
        """
      _ = try scratch.file("postern.toml", text, mode: 0o644)
      self.scratch = scratch
      self.encoder = encoder
    }

    /// A knock for 192.0.2.7 at this second, alone.
    func knock(at seconds: UInt64) throws -> [UInt8] {
      let request = SPARequest(
        action: .open, door: nil, ipv4: .named(IPv4Address(0xc000_0207), port: nil), ipv6: .none, wishedLease: 0,
        stamp: Timestamp(seconds: seconds), totp: nil)
      return try encoder.encode(try #require(request))
    }

    func packet(at seconds: UInt64) throws -> [UInt8] {
      let builder = try #require(
        PacketBuilder(from: .v4(IPv4Address(0xc000_0207)), to: .v4(IPv4Address(0xc000_0201))))
      return builder.udp(from: 40000, to: 62201, payload: try knock(at: seconds))
    }

    /// A pcap file of link type RAW.
    func capture(_ packets: [(seconds: UInt32, bytes: [UInt8])], cut: Int = 0) throws {
      var writer = WireWriter()
      writer.u32(0xa1b2_c3d4)
      writer.u16(2)
      writer.u16(4)
      writer.zeros(8)
      writer.u32(65535)
      writer.u32(101)
      for packet in packets {
        writer.u32(packet.seconds)
        writer.u32(250_000)
        writer.u32(UInt32(packet.bytes.count))
        writer.u32(UInt32(packet.bytes.count))
        writer.raw(packet.bytes)
      }
      try Data(writer.bytes.dropLast(cut)).write(to: URL(fileURLWithPath: "\(scratch.path)/knocks.pcap"))
    }

    func run(_ words: String) throws -> ShellLine { try ShellLine("posternctl explain -c postern.toml \(words)", in: scratch) }
  }

  private static func summary(_ granted: Int, _ refused: Int) -> String {
    let all = granted + refused
    return "\(all) packet\(all == 1 ? "" : "s"): \(granted) granted, 0 closed, \(refused) refused, 0 passed over"
  }

  @Test func aHexadecimalPacketAndABareKnock() throws {
    let place = try Place()
    let packet = Hex.encode(try place.packet(at: 1_800_000_000))
    let bare = Hex.encode(try place.knock(at: 1_800_000_001))
    let whole = try place.run("--at 1800000000 \(packet)")
    #expect(whole.status == 0 && whole.errors.isEmpty, "\(whole.errors)")
    #expect(whole.output.hasPrefix("#1 2027-01-15T08:00:00.000Z spa 192.0.2.7:40000 -> 192.0.2.1:62201 udp 184 bytes\n"))
    #expect(whole.output.contains("\n    put inet postern door4 { 192.0.2.7 . tcp . 22 timeout 30s comment \"alice/laptop ssh "))
    #expect(whole.output.hasSuffix("}\n\(Self.summary(1, 0))\n"))
    let data = try place.run("--at 2027-01-15T08:00:01Z --from 192.0.2.7 \(bare)")
    #expect(data.status == 0 && data.output.hasSuffix("\(Self.summary(1, 0))\n"), "\(data.output)")
    // Without the flag its bytes are taken for an IP packet.
    #expect(try place.run("--at 1800000001 \(bare)").output.contains("refused at headers by the gate: malformed-headers"))
  }

  @Test func withoutATimeNowCounts() throws {
    let place = try Place()
    let now = UInt64(Date().timeIntervalSince1970)
    let run = try place.run("\(Hex.encode(try place.packet(at: now))) \(Hex.encode(try place.packet(at: now - 3600)))")
    #expect(run.status == 0 && run.output.contains("refused at freshness by the gate: stale"))
    #expect(run.output.hasSuffix("\(Self.summary(1, 1))\n"), "\(run.output)")
  }

  @Test func aCaptureIsJudgedAtItsOwnTimes() throws {
    let place = try Place()
    let first = try place.packet(at: 1_000_000_000)
    try place.capture([(1_000_000_000, first), (1_000_000_001, first), (1_000_000_100, try place.packet(at: 1_000_000_000))])
    let run = try place.run("--json knocks.pcap")
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    let objects = run.output.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
    #expect(objects.map { $0["verdict"] as? String } == ["granted", "refused", "refused"])
    #expect(objects.map { $0["reason"] as? String } == [nil, "duplicate", "stale"])
    #expect(objects.map { $0["time"] as? String }.first == "2001-09-09T01:46:40.250Z")
    #expect(objects.map { $0["repeats"] as? Int } == [nil, 1, nil])
    // At one time for all they are no longer stale, but a replay.
    #expect(try place.run("--at 1000000000 knocks.pcap").output.contains("refused at replay by the gate: replay (packet #1)"))
  }

  @Test(arguments: ["< knocks.pcap", "- < knocks.pcap", "- < lines", "lines", "knocks.pcap"]) func inputs(_ words: String) throws
  {
    let place = try Place()
    let packet = try place.packet(at: 1_800_000_000)
    try place.capture([(1_800_000_000, packet)])
    _ = try place.scratch.file("lines", "# one knock\n\n2027-01-15T08:00:00.25Z \(Hex.encode(packet))\n")
    let run = try place.run(words)
    #expect(run.status == 0 && run.output.hasSuffix("\(Self.summary(1, 0))\n"), "\(run.errors)\(run.output)")
    #expect(run.output.hasPrefix("#1 2027-01-15T08:00:00.250Z spa "))
  }

  @Test func whatWasReadIsExplainedBeforeTheError() throws {
    let place = try Place()
    try place.capture([(1_800_000_000, try place.packet(at: 1_800_000_000)), (1_800_000_001, [1, 2, 3])], cut: 1)
    let cut = try place.run("knocks.pcap")
    #expect(cut.status == 65 && cut.output.hasSuffix("\(Self.summary(1, 0))\n"))
    #expect(cut.errors == "posternctl: knocks.pcap: the file is cut short inside what starts at byte 252\n")
    _ = try place.scratch.file("lines", "4500\nwhat is this\n4500\n")
    let lines = try place.run("--json lines")
    #expect(lines.status == 65 && lines.output.split(separator: "\n").count == 1)
    #expect(lines.errors == "posternctl: lines:2: neither a capture nor a packet in hexadecimal\n")
  }

  @Test(arguments: [
    ("nowhere.pcap", 66, "nowhere.pcap: open file: No such file or directory"),
    ("--ring nowhere 4500", 66, "nowhere: open file: No such file or directory"),
    ("--ring postern.toml 4500", 65, "postern.toml: no sound replay ring"),
    ("--at yesterday 4500", 64, "seconds since 1970"), ("--from nobody 4500", 64, "nobody is no IP address"),
    ("-c nowhere.toml 4500", 66, "nowhere.toml"), (". 4500", 65, "Is a directory"),
  ])
  func whatCannotBe(_ words: String, _ status: Int32, _ complaint: String) throws {
    let run = try Place().run(words)
    #expect(run.status == status && run.errors.contains(complaint), "\(run.status) \(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func aKeyFileThatMayNotBeUsed() throws {
    let place = try Place()
    _ = try place.scratch.file("alice.psk", Base64.encode(Place.key(0x23).array) + "\n", mode: 0o640)
    let run = try place.run("4500")
    #expect(run.status == 78 && run.errors.hasPrefix("postern.toml:16:") && run.errors.contains("alice.psk"), "\(run.errors)")
  }

  @Test func thePrefixNamesTheProtocol() throws {
    let place = try Place()
    let packet = Hex.encode(try place.packet(at: 1_800_000_000))
    #expect(try place.run("--at 1800000000 --prefix nobody \(packet)").output.contains("refused at prefix by the gate"))
    #expect(try place.run("--at 1800000000 --prefix spa:wan \(packet)").output.hasSuffix("\(Self.summary(1, 0))\n"))
  }

  @Test func noSecretIsPrinted() throws {
    let place = try Place()
    let packet = Hex.encode(try place.packet(at: 1_800_000_000))
    for words in ["", "--json "] {
      let run = try place.run("\(words)--at 1800000000 \(packet)")
      for byte: UInt8 in [0x21, 0x22, 0x23, 0x31] {
        let key = Place.key(byte).array
        #expect(!run.output.contains(Base64.encode(key)) && !run.output.contains(Hex.encode(key)))
      }
    }
  }
}
