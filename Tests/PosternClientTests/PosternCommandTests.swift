// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import PosternClient
import PosternCrypto
import PosternKnock
import PosternPlatform
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// The command itself, against sockets on loopback.
@Suite struct PosternCommandTests {
  /// A profile whose gateway is a UDP socket of this test, which decodes what arrives.
  private struct Lab: ~Copyable {
    let scratch: Scratch
    let gateway: OwnedDescriptor
    let profile: String
    static let gatewaySecret = Bytes32(Array(repeating: 0x42, count: 32))!
    static let clientSecret: UInt8 = 0x17

    init(_ lines: String = "") throws {
      let scratch = try Scratch()
      let gateway = try Loopback.bound(SOCK_DGRAM)
      _ = try scratch.secret("me.key", Self.clientSecret)
      _ = try scratch.secret("psk", 0x33)
      _ = try scratch.secret("admission", 0x44)
      let key = Base64.encode(try X25519PrivateKey(Self.gatewaySecret).publicKey.array)
      let profile = try scratch.file(
        "profile",
        """
        gateway = 127.0.0.1
        port = \(try Loopback.address(of: gateway).port)
        gateway-key = \(key)
        private-key = file:me.key
        psk = file:psk
        admission = file:admission
        door = ssh
        ipv4 = 192.0.2.7
        ipv6 = 2001:db8::7
        \(lines)
        """, mode: 0o644)
      self.scratch = scratch
      self.gateway = gateway
      self.profile = profile
    }

    /// What the datagrams that have arrived say to a gate with this gateway's key.
    func knocks() throws -> [Knock] {
      let client = try X25519PrivateKey(Bytes32(Array(repeating: Self.clientSecret, count: 32))!).publicKey
      let always = Validity()
      var tables = GateTables(
        gatewayKeys: [.init(privateKey: Self.gatewaySecret, validity: always)],
        admissions: [.always(Bytes32(Array(repeating: 0x44, count: 32))!)],
        keys: [.init(user: 0, publicKey: client, presharedKey: Bytes32(Array(repeating: 0x33, count: 32))!, validity: always)],
        users: [.init(doors: [], defaultDoor: nil, longestLease: 60, mayUsePacketSource: false, validity: always)], doors: [],
        keyBucket: .init(burst: 100, refill: .seconds(1)), curveBudget: 1000, clockIsTrusted: true)
      let now = SystemClock.now()
      var decoder = try SPADecoder(tables: &tables, now: now, seed: 1)
      return Loopback.datagrams(gateway).compactMap { datagram in
        #expect(datagram.count == 184)
        let reading = datagram.withBytes { decoder.read($0, at: now) }
        guard case .knock(let knock) = reading else {
          Issue.record("refused: \(reading)")
          return nil
        }
        return knock
      }
    }
  }

  @Test func knockSendsFourFreshKnocks() throws {
    let lab = try Lab("lease = 5m")
    let run = try Command("postern", ["knock", "--profile", lab.profile], home: lab.scratch.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("asking to admit 192.0.2.7, 2001:db8::7"))
    let knocks = try lab.knocks()
    #expect(knocks.count == 4)
    #expect(zip(knocks, knocks.dropFirst()).allSatisfy { $0.stamp < $1.stamp })
    let spread = try #require(knocks.last).stamp - #require(knocks.first).stamp
    #expect(spread >= .milliseconds(1700) && spread < .milliseconds(2500))
    let door = try #require(Name("ssh"))
    for knock in knocks {
      #expect(knock.action == .open && knock.wishedLease == 300)
      #expect(knock.door == SPADoor.id(of: door))
      #expect(knock.ipv4 == .named(IPv4Address("192.0.2.7")!, port: nil))
      #expect(knock.ipv6 == .named(IPv6Address("2001:db8::7")!, port: nil))
    }
  }

  @Test func optionsOverrideTheProfile() throws {
    let lab = try Lab("lease = 5m")
    let arguments = ["knock", "--profile", lab.profile, "--once", "--close", "--lease", "30s", "127.0.0.1", "web"]
    let run = try Command("postern", arguments, home: lab.scratch.path)
    #expect(run.status == 0, "\(run.errors)")
    let knocks = try lab.knocks()
    #expect(knocks.count == 1)
    #expect(knocks.first?.action == .close)
    #expect(knocks.first?.door == (try SPADoor.id(of: #require(Name("web")))))
  }

  @Test func concurrentProcessesNeverShareAStamp() throws {
    let lab = try Lab()
    let (profile, home) = (lab.profile, lab.scratch.path)
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      let run = try? Command("postern", ["knock", "--once", "--profile", profile], home: home)
      #expect(run?.status == 0)
    }
    let stamps = try lab.knocks().map(\.stamp)
    #expect(stamps.count == 6 && Set(stamps).count == 6)
  }

  static let failures: [(name: String, arguments: [String], status: Int32)] = [
    ("no host", ["knock"], 64),
    ("bad lease", ["knock", "--lease", "30", "h"], 64),
    ("bad door", ["knock", "h", "SSH"], 64),
    ("bad carrier", ["knock", "--carrier", "tcp", "h"], 64),
    ("bad port", ["connect", "h", "0"], 64),
    ("a path for a name", ["knock", "../h"], 64),
    ("missing profile", ["knock", "h"], 66),
    ("missing key", ["pubkey", "/nonexistent/key"], 66),
  ]

  @Test(arguments: failures.indices)
  func exitCodes(_ index: Int) throws {
    let row = Self.failures[index]
    let run = try Command("postern", row.arguments)
    #expect(run.status == row.status, "\(row.name): \(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func exitCodesOfTheProfile() throws {
    let lab = try Lab()
    let home = lab.scratch.path
    #expect(try Command("postern", ["knock", "-6", "--profile", lab.profile], home: home).status == 68)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: "\(home)/psk")
    let refused = try Command("postern", ["knock", "--once", "--profile", lab.profile], home: home)
    #expect(refused.status == 77)
    #expect(!refused.errors.contains(Base64.encode(Array(repeating: 0x33, count: 32))))
    let bad = try lab.scratch.file("bad", "gatway = x\n")
    let problem = try Command("postern", ["knock", "--profile", bad], home: home)
    #expect(problem.status == 78)
    #expect(problem.errors == "postern: \(bad):1: unknown key; did you mean `gateway`?\n")
  }

  /// A packet over IPv4 shows no IPv6 source: nothing is sent, least of all a close of everything.
  @Test(arguments: [[], ["--close"]]) func aSourceOfTheOtherFamilyIsNotSent(_ action: [String]) throws {
    let lab = try Lab()
    let text = try String(contentsOfFile: lab.profile, encoding: .utf8)
      .replacingOccurrences(of: "ipv4 = 192.0.2.7", with: "ipv4 = none")
      .replacingOccurrences(of: "ipv6 = 2001:db8::7", with: "ipv6 = source")
    let profile = try lab.scratch.file("other", text)
    let run = try Command("postern", ["knock", "--once", "--profile", profile] + action, home: lab.scratch.path)
    #expect(run.status == 69)
    #expect(run.errors.contains("127.0.0.1: the packet's IPv6 source needs a packet of the other family"), "\(run.errors)")
    #expect(try lab.knocks().isEmpty)
  }

  @Test func keygen() throws {
    let scratch = try Scratch()
    let made = try Command("postern", ["keygen", "\(scratch.path)/k"])
    #expect(made.status == 0)
    #expect(try Command("postern", ["pubkey", "\(scratch.path)/k"]).output == made.output)
    #expect(try Command("postern", ["keygen", "\(scratch.path)/k"]).status == 73)
    let secret = try Command("postern", ["keygen", "--secret", "\(scratch.path)/s"])
    #expect(secret.status == 0 && secret.output.isEmpty && secret.errors.isEmpty)
  }

  @Test func connectCarriesTheStream() throws {
    let lab = try Lab()
    let listener = try Loopback.listener()
    let port = try Loopback.address(of: listener).port
    let number = listener.number
    let serving = try Worker {
      let server = accept(number, nil, nil)
      let bytes = Loopback.readAll(server)
      Loopback.writeAll(bytes.reversed(), to: server)
      close(server)
    }
    let stream = Data((0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) })
    let arguments = ["connect", "--verbose", "--profile", lab.profile, "127.0.0.1", "\(port)"]
    let run = try Command("postern", arguments, home: lab.scratch.path, input: stream)
    serving.join()
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == Data(stream.reversed()))
    #expect(run.errors.contains("connected"))
    #expect(try lab.knocks().count == 1)
  }

  @Test func connectGivesUp() throws {
    let lab = try Lab()
    let port = try Loopback.freePort()
    let arguments = ["connect", "--timeout", "1", "--profile", lab.profile, "127.0.0.1", "\(port)"]
    let run = try Command("postern", arguments, home: lab.scratch.path)
    #expect(run.status == 75)
    #expect(run.output.isEmpty)
    #expect(run.errors == "postern: no connection within 1.0 s: 127.0.0.1:\(port): Connection refused\n")
    #expect(try lab.knocks().count == 3)
  }
}
