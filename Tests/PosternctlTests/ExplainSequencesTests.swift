// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// Port sequences and commands through `posternctl explain`: whole knocks as lines of hexadecimal.
@Suite struct ExplainSequencesTests {
  private static let secret = SHA256.hash([1])
  private static let script =
    "keypkt { ip { daddr = any; udp { dport = 53; } } } cmdpkt { ip { daddr = any; udp { dport = 123; data = \"ntp\"; } } }"

  private static func place(_ keys: String) throws -> Scratch {
    let scratch = try Scratch()
    for (name, byte) in [("gateway.key", UInt8(0x21)), ("admission", 0x22)] {
      _ = try scratch.file(name, Base64.encode(Array(repeating: byte, count: 32)) + "\n")
    }
    _ = try scratch.file("sealed.key", Base64.encode(secret.array) + "\n")
    _ = try scratch.file("legacy.key", "postern legacy key\n")
    _ = FileManager.default.createFile(
      atPath: scratch.path + "/binary.key", contents: Data((1...56).map { UInt8($0) }), attributes: [.posixPermissions: 0o600])
    let text = """
      version = 1
      [gateway]
      key = "gateway.key"
      admission = "admission"
      [state]
      directory = "state"
      [control]
      socket = "control"
      [doors.web]
      ports = ["tcp/22", "tcp/443", "tcp/2222", "tcp/65535"]
      longest = "2h"
      packet-source = true
      weakest = "plain"
      allow-weak = "an observer can repeat these knocks"
      [users.alice]
      doors = ["web"]
      packet-source = true
      [users.alice.keys.old]
      \(keys)
      """
    _ = try scratch.file("postern.toml", text, mode: 0o644)
    return scratch
  }

  private func explain(_ scratch: Scratch, _ prefix: String, at seconds: UInt64, _ packets: [[UInt8]]) throws -> [[String: Any]] {
    _ = try scratch.file("packets", packets.map { Hex.encode($0) }.joined(separator: "\n") + "\n")
    let run = try ShellLine(
      "posternctl explain -c postern.toml --json --prefix \(prefix) --at \(seconds) packets", in: scratch)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    let objects = run.output.split(separator: "\n").map {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
    return objects.compactMap { $0 }
  }

  private func builder(_ source: String) throws -> PacketBuilder {
    let source: IPAddress = try #require(IPAddress(source))
    return try #require(PacketBuilder(from: source, to: .v4(IPv4Address(0xc000_0201))))
  }

  private func syns(_ source: String, _ ports: [UInt16]) throws -> [[UInt8]] {
    let builder = try builder(source)
    return ports.map { builder.tcp(from: 40_000, to: $0, flags: .syn) }
  }

  struct Classic: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let source: String
    let plain: [UInt16]
    let sealed: [UInt16]
    let verdict: String
    let reason: String?
    /// Milliseconds.
    let timeout: Int?
  }

  static let classic = [
    Classic(
      testDescription: "ssh-15min", source: "10.77.0.2", plain: [1034, 1101, 1024, 1026, 1024, 1046, 1039, 1150],
      sealed: [1209, 1025, 1240, 1075, 1154, 1087, 1229, 1209], verdict: "granted", reason: nil, timeout: 900_000),
    Classic(
      testDescription: "https-1min", source: "192.168.1.5", plain: [1216, 1192, 1025, 1029, 1025, 1211, 1025, 1067],
      sealed: [1242, 1155, 1244, 1257, 1153, 1197, 1211, 1029], verdict: "granted", reason: nil, timeout: 60_000),
    Classic(
      testDescription: "close", source: "192.168.1.5", plain: [1216, 1192, 1025, 1029, 1025, 1211, 1024, 1066],
      sealed: [1185, 1151, 1104, 1275, 1151, 1026, 1119, 1236], verdict: "closed", reason: nil, timeout: nil),
    Classic(
      testDescription: "max", source: "255.255.255.255", plain: [1279, 1279, 1279, 1279, 1279, 1279, 1279, 1273],
      sealed: [1277, 1055, 1271, 1124, 1204, 1193, 1120, 1208], verdict: "refused", reason: "address-not-allowed", timeout: nil),
  ]

  @Test(arguments: classic) func classicSequences(_ vector: Classic) throws {
    let forms = [
      ("protocol = \"ports\"\nform = \"legacy-8\"\nsecret = \"legacy.key\"", vector.sealed),
      ("protocol = \"ports\"\nform = \"plain-8\"", vector.plain),
    ]
    for (keys, ports) in forms {
      let objects = try explain(Self.place(keys), "ports", at: 1_800_000_000, syns(vector.source, ports))
      #expect(objects.map { $0["verdict"] as? String } == Array(repeating: "step", count: 7) + [vector.verdict], "\(objects)")
      let last = try #require(objects.last)
      #expect(last["reason"] as? String == vector.reason && last["user"] as? String == "alice")
      let elements = last["elements"] as? [[String: Any]] ?? []
      if let timeout = vector.timeout { #expect(elements.first?["timeout-ms"] as? Int == timeout) }
    }
  }

  @Test func aSealedSequenceAndItsCopy() throws {
    let scratch = try Self.place("protocol = \"ports\"\nsecret = \"sealed.key\"")
    let encoder = try PortsEncoder(
      PortsCredential(form: .sealed(Self.secret), base: 32_768, window: .seconds(10), order: .arrival, needsSource: false))
    let claim = PortsClaim(action: .open, service: Service("tcp/22"), address: .v4(.named(IPv4Address(0xc000_0207), port: nil)))
    let ports = try #require(try encoder.ports(claim, counter: Timestamp(seconds: 1_800_000_000)))
    let objects = try explain(scratch, "ports", at: 1_800_000_001, syns("192.0.2.7", ports + ports))
    #expect(objects.count == 42 && objects[20]["verdict"] as? String == "granted")
    #expect(objects[41]["verdict"] as? String == "refused" && objects[41]["reason"] as? String == "replay")
    let late = try explain(scratch, "ports", at: 1_800_000_061, syns("192.0.2.7", ports))
    #expect(late.last?["reason"] as? String == "stale")
  }

  struct Command: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let seconds: UInt64
    let block: String
    let verdict: String
    let reason: String?
  }

  static let commands = [
    Command(
      testDescription: "run-touch", seconds: 1_071_619_200, block: "3fdf9c800001e240e59a7a658b2292edc8d225", verdict: "refused",
      reason: "unknown-action"),
    Command(
      testDescription: "run-empty", seconds: 1_071_619_201, block: "3fdf9c8100000000a2da21dd", verdict: "refused",
      reason: "malformed-payload"),
    Command(
      testDescription: "connect-back", seconds: 1_071_619_202, block: "3fdf9c82000f423f18907abb1a86f6df517edbfa",
      verdict: "refused",
      reason: "action-not-permitted"),
    Command(
      testDescription: "accept", seconds: 1_071_619_203, block: "3fdf9c8300000005fda0587f2d444237d5ebac85b02f8978",
      verdict: "granted", reason: nil),
    Command(
      testDescription: "unknown-code", seconds: 1_071_619_204, block: "3fdf9c8400000005f56b64815e", verdict: "refused",
      reason: "bad-seal"),
  ]

  @Test(arguments: commands) func oldCommands(_ command: Command) throws {
    let scratch = try Self.place(
      "protocol = \"sadoor\"\nform = \"legacy-blowfish\"\nsecret = \"binary.key\"\npackets = '''\(Self.script)'''")
    let builder = try builder("10.77.0.2")
    let block = try #require(Hex.decode(command.block))
    let packets = [
      builder.udp(from: 9, to: 53, payload: []), builder.udp(from: 9, to: 123, payload: Array("ntp".utf8) + block),
    ]
    let objects = try explain(scratch, "sadoor", at: command.seconds, packets)
    #expect(objects.first?["verdict"] as? String == "step")
    #expect(objects.last?["verdict"] as? String == command.verdict && objects.last?["reason"] as? String == command.reason)
  }

  @Test func aRollingSequence() throws {
    let scratch = try Self.place("protocol = \"rolling\"\nsecret = \"sealed.key\"\ndoor = \"web\"")
    let encoder = RollingEncoder(
      RollingCredential(
        secret: Self.secret, door: SPADoor.id(of: try #require(Name("web"))), transport: .tcp, base: 32_768, portCount: 8,
        stepLength: 30, window: .seconds(10), bindsSource: true))
    let ports = encoder.ports(at: Timestamp(seconds: 1_800_000_000), source: .v4(IPv4Address(0xc000_0207)))
    let objects = try explain(scratch, "rolling", at: 1_800_000_000, syns("192.0.2.7", ports + ports))
    #expect(objects[7]["verdict"] as? String == "granted" && objects[15]["reason"] as? String == "replay", "\(objects)")
  }
}
