// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// Knocks of several packets that carry a secret, through `examples/port-sequences.nft` and with the keys that its head describes.
extension SystemSuite {
  @Suite struct PortSequenceTests {
    private static let rules = "examples/port-sequences.nft"
    private static let secrets = ["alice-ports.key", "alice-rolling.key", "alice-sadoor.key", "seq.key"]
    private static let blowfish = "an old shared key"

    /// What the head of the rules says.
    private static func head() throws -> String {
      try String(contentsOfFile: Lab.root + "/nft/" + rules, encoding: .utf8).split(separator: "\n").prefix { $0.hasPrefix("#") }
        .filter { $0.hasPrefix("#   ") }.map { $0.dropFirst(4) }.joined(separator: "\n")
    }

    /// Besides: a key whose packets may come in any order, and bob with keys of old forms at a door that takes them.
    private static let more = """
      [users.alice.keys.seq]
      protocol = "ports"
      secret = "seq.key"
      order = "seq"
      [doors.weak]
      table = "inet postern"
      ports = ["tcp/22"]
      packet-source = true
      weakest = "keyed"
      allow-weak = "an observer can repeat these knocks"
      [users.bob]
      doors = ["weak"]
      packet-source = true
      key-refill = "1m"
      key-burst = 10
      [users.bob.keys.old]
      protocol = "ports"
      form = "legacy-8"
      secret = "old.key"
      [users.bob.keys.sadoor]
      protocol = "sadoor"
      form = "legacy-blowfish"
      secret = "old.key"
      packets = "keypkt { ip { daddr = any; udp { dport = 2054; data = \\"bob\\"; } } } cmdpkt { ip { daddr = any; udp { dport = 2053; } } }"
      """

    /// A lab, and the secrets of its keys.
    private final class Place {
      let lab: Lab
      private let secrets: [String: Bytes32]
      private let client: [String: Sender]

      init() throws {
        var options = Lab.Options()
        options.rules = ["postern.nft", PortSequenceTests.rules]
        options.extra = try PortSequenceTests.head() + "\n" + PortSequenceTests.more
        let lab = try Lab(options)
        self.lab = lab
        secrets = try Dictionary(uniqueKeysWithValues: PortSequenceTests.secrets.map { ($0, try Randomness.bytes32()) })
        client = try ["10.77.0.1", "fd77::1"].reduce(into: [:]) { senders, target in
          senders[target] = try Sender(namespace: lab.client, packetsTo: target)
        }
        for (name, secret) in secrets { try write(name, Base64.encode(secret.array) + "\n") }
        try write("old.key", PortSequenceTests.blowfish + "\n")
        // The lab's limits would need rings that take seconds to read: these knocks are remembered long.
        try lab.edit("postern.toml") {
          $0.replacing("key-burst = 10000", with: "key-burst = 100").replacing(
            "key-refill = \"1ms\"", with: "key-refill = \"1s\"")
        }
        try lab.start()
      }

      deinit { lab.down() }

      private func write(_ name: String, _ text: String) throws {
        let file = "\(lab.directory)/\(name)"
        guard
          FileManager.default.createFile(atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw Shell.Failure(description: "cannot write \(file)") }
      }

      func secret(_ name: String) throws -> Bytes32 { try #require(secrets[name]) }

      /// Sends the steps of a knock, some milliseconds apart, as the client's address or as another one.
      func send(_ steps: [KnockStep], from source: String? = nil) throws {
        let from = source ?? lab.clientV4
        let to = from.contains(":") ? "fd77::1" : lab.gatewayV4
        let (source, target): (IPAddress, IPAddress) = (try #require(IPAddress(from)), try #require(IPAddress(to)))
        let builder = try #require(PacketBuilder(from: source, to: target))
        for step in steps {
          client[to]?.send(Self.packet(step, builder))
          usleep(2000)
        }
      }

      private static func packet(_ step: KnockStep, _ builder: PacketBuilder) -> [UInt8] {
        switch step.transport {
        case .udp: builder.udp(from: 40_000, to: step.port, payload: step.payload)
        case .connect, .stream: builder.tcp(from: 40_000, to: step.port, flags: .syn)
        case .tcp(let tcp): builder.tcp(from: 40_000, to: step.port, flags: tcp.flags, sequence: tcp.sequence ?? 1)
        case .icmp(let icmp):
          builder.icmp(type: icmp.type ?? 8, identifier: 1, sequence: icmp.sequence, payload: step.payload)
        }
      }

      func opens(_ address: String, _ why: Comment) {
        #expect(Shell.wait { (try? self.lab.isOpen(address)) == true }, why)
      }

      /// Whether the door stays shut for as long as a knock could take.
      func staysShut(_ address: String) throws -> Bool {
        usleep(300_000)
        return try !lab.isOpen(address)
      }

      func refusals(_ reason: String) -> Int { lab.auditEvents("refusal").count { $0["reason"] as? String == reason } }

      /// A restart of both daemons, with the rings of before.
      func restart() throws {
        lab.stop()
        try lab.start(newGateway: false)
      }
    }

    private static func claim(_ address: String) throws -> PortsClaim {
      let claimed: PortsClaim.Address =
        switch try #require(IPAddress(address)) {
        case .v4(let address): .v4(.named(address, port: nil))
        case .v6(let address): .v6(.named(address, port: nil))
        }
      return PortsClaim(action: .open, service: Service("tcp/22"), address: claimed)
    }

    private static func sealed(_ secret: Bytes32, _ order: PortsCredential.Order = .arrival) throws -> PortsEncoder {
      try PortsEncoder(
        PortsCredential(
          form: .sealed(secret), base: 32_768, window: .seconds(10), order: order, needsSource: false
        ))
    }

    @Test(arguments: ["10.77.0.2", "fd77::2"]) func aSealedSequenceOpensOnce(_ client: String) throws {
      let place = try Place()
      let listener = try place.lab.listen()
      defer { close(listener) }
      let gateway = client.contains(":") ? "fd77::1" : "10.77.0.1"
      #expect(!place.lab.connects(gateway), "dead before the knock")
      let encoder = try Self.sealed(place.secret("alice-ports.key"))
      let ports = try #require(try encoder.ports(Self.claim(client), counter: place.lab.freshStamp()))
      let steps = encoder.steps(ports, nonce: 0)
      try place.send(Array(steps.dropLast()), from: client)
      #expect(try place.staysShut(client), "without its last packet")
      try place.send(steps, from: client)
      place.opens(client, "the whole sequence")
      #expect(place.lab.connects(gateway))
      let grant = try #require(place.lab.auditEvents("grant").last)
      #expect(grant["user"] as? String == "alice" && grant["key"] as? String == "ports" && grant["door"] as? String == "ssh")

      try place.lab.shut()
      try place.send(steps, from: client)
      #expect(Shell.wait { place.refusals("replay") == 1 })
      #expect(try place.staysShut(client), "it counted once")
      try place.restart()
      try place.send(steps, from: client)
      #expect(Shell.wait { place.refusals("replay") == 2 })
      #expect(try place.staysShut(client), "and after a restart, too")
      // The next one is another.
      let next = try #require(try encoder.ports(Self.claim(client), counter: place.lab.freshStamp()))
      try place.send(encoder.steps(next, nonce: 0), from: client)
      place.opens(client, "made anew")
    }

    @Test func packetsOfAnyOrderOpenByTheirNumbers() throws {
      let place = try Place()
      let encoder = try Self.sealed(place.secret("seq.key"), .sequence)
      for _ in 0..<5 {
        let ports = try #require(try encoder.ports(Self.claim(place.lab.clientV4), counter: place.lab.freshStamp()))
        try place.send(encoder.steps(ports, nonce: .random(in: 0...(.max))).shuffled())
        place.opens(place.lab.clientV4, "shuffled")
        try place.lab.shut()
      }
      #expect(place.lab.auditEvents("grant").allSatisfy { $0["key"] as? String == "seq" })
    }

    @Test func theClassicEightPortsOpenAWeakDoorOnceADay() throws {
      let place = try Place()
      let credential = PortsCredential(
        form: .legacy(key: Array(Self.blowfish.utf8)), base: 1024, window: .seconds(10), order: .arrival, needsSource: true)
      let encoder = try PortsEncoder(credential)
      func steps(_ time: ClassicBlock.Time) throws -> [KnockStep] {
        let block = ClassicBlock(
          address: try #require(IPv4Address(place.lab.clientV4)), port: try #require(Port(22)), time: time)
        return encoder.steps(try #require(try encoder.ports(block)), nonce: 0)
      }
      try place.send(steps(.minutes(15)), from: "10.77.0.3")
      #expect(try place.staysShut("10.77.0.2"), "from another source")
      try place.send(steps(.minutes(15)))
      place.opens("10.77.0.2", "fifteen minutes")
      let grant = try #require(place.lab.auditEvents("grant").last)
      #expect(grant["user"] as? String == "bob" && grant["key"] as? String == "old" && grant["seconds"] as? Int == 900)
      try place.send(steps(.close))
      #expect(Shell.wait { (try? place.lab.isOpen("10.77.0.2")) == false }, "closed by the same client")
      try place.send(steps(.minutes(15)))
      #expect(Shell.wait { place.refusals("replay") == 1 })
      try place.restart()
      try place.send(steps(.minutes(15)))
      #expect(Shell.wait { place.refusals("replay") == 2 })
      #expect(try place.staysShut("10.77.0.2"))
      try place.send(steps(.minutes(16)))
      place.opens("10.77.0.2", "another request")
    }

    @Test(arguments: ["10.77.0.2", "fd77::2"]) func aRollingSequenceOpensOnceAndFromItsSourceOnly(_ client: String) throws {
      let place = try Place()
      let encoder = RollingEncoder(
        RollingCredential(
          secret: try place.secret("alice-rolling.key"), door: DoorID(0), transport: .tcp, base: 32_768, portCount: 8,
          stepLength: 30, window: .seconds(10), bindsSource: true))
      let source: IPAddress = try #require(IPAddress(client))
      let steps = encoder.steps(at: place.lab.freshStamp(), source: source)
      let other = client.replacing(/2$/, with: "3")
      try place.send(steps, from: other)
      #expect(try place.staysShut(other))
      try place.send(steps, from: client)
      place.opens(client, "its own source")
      #expect(place.lab.auditEvents("grant").last?["key"] as? String == "rolling")
      try place.lab.shut()
      try place.send(steps, from: client)
      #expect(Shell.wait { place.refusals("replay") == 1 })
      try place.restart()
      try place.send(steps, from: client)
      #expect(Shell.wait { place.refusals("replay") == 2 })
      #expect(try place.staysShut(client))
      // A client that is a step ahead sends the next one.
      try place.send(
        encoder.steps(at: place.lab.freshStamp(skew: 30), source: source), from: client)
      place.opens(client, "the next step")
    }

    @Test func describedPacketsAndASealedCommandOpen() throws {
      let place = try Place()
      let script = try PacketScript(
        parsing: try #require(try Self.head().components(separatedBy: "'''").dropFirst().first))
      let credential = SadoorCredential(
        form: .sealed(try place.secret("alice-sadoor.key")), script: script, timeout: .seconds(30), isGlobal: false,
        takesEmptyCommand: false)
      let encoder = try SadoorEncoder(credential)
      let order = SadoorOrder.door(
        .init(action: .open, ipv4: .named(try #require(IPv4Address("10.77.0.2")), port: nil), ipv6: .none))
      let steps = encoder.steps(try #require(try encoder.envelope(order, counter: place.lab.freshStamp())))
      try place.send([steps[1], steps[2]])
      try place.send([steps[0], steps[2]])
      #expect(try place.staysShut("10.77.0.2"), "without a packet of the script")
      try place.send([steps[1], steps[2]])
      place.opens("10.77.0.2", "the script goes on where it was")
      #expect(place.lab.auditEvents("grant").last?["key"] as? String == "sadoor")
      try place.lab.shut()
      try place.send(steps)
      #expect(Shell.wait { place.refusals("replay") == 1 })
      try place.restart()
      try place.send(steps)
      #expect(Shell.wait { place.refusals("replay") == 2 })
      #expect(try place.staysShut("10.77.0.2"))
      let close = SadoorOrder.door(
        .init(action: .close, ipv4: .named(try #require(IPv4Address("10.77.0.2")), port: nil), ipv6: .none))
      for (order, isOpen) in [(order, true), (close, false)] {
        try place.send(encoder.steps(try #require(try encoder.envelope(order, counter: place.lab.freshStamp()))))
        #expect(Shell.wait { (try? place.lab.isOpen("10.77.0.2")) == isOpen })
      }
    }

    /// Also that the gate reads Blowfish in its confinement.
    @Test func commandsOfAnOldClient() throws {
      let place = try Place()
      let script = try PacketScript(
        parsing:
          "keypkt { ip { daddr = any; udp { dport = 2054; data = \"bob\"; } } } cmdpkt { ip { daddr = any; udp { dport = 2053; } } }"
      )
      let encoder = try SadoorEncoder(
        SadoorCredential(
          form: .legacy(key: Array(Self.blowfish.utf8)), script: script, timeout: .seconds(30), isGlobal: false,
          takesEmptyCommand: false))
      func send(_ line: String) throws {
        let command = LegacyCommand(stamp: place.lab.freshStamp(), order: .run(Array(line.utf8)))
        try place.send(encoder.steps(try #require(try encoder.block(command))))
      }
      try send("touch /tmp/x")
      #expect(Shell.wait { place.refusals("unknown-action") == 1 }, "no line for a shell")
      try send("open tcp/22")
      place.opens("10.77.0.2", "a door")
      try send("close tcp/22")
      #expect(Shell.wait { (try? place.lab.isOpen("10.77.0.2")) == false })
      #expect(place.lab.auditEvents("grant").last?["user"] as? String == "bob")
    }

    @Test func whatAnObserverCouldDoIsSaid() throws {
      let place = try Place()
      for words in ["users.bob.keys.old: legacy-8 has no seal", "users.bob.keys.sadoor: legacy-blowfish has no seal"] {
        #expect(place.lab.log.contains(words), "\(place.lab.log)")
      }
    }
  }
}
