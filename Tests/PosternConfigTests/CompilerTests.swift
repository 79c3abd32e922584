// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct CompilerTests {
  private func compiled(_ text: String, _ world: World = Samples.world()) throws -> CompiledTables {
    try Samples.configuration(text).compiled(with: world)
  }

  private func errors(_ text: String, _ world: World = Samples.world()) throws -> String {
    let configuration = try Samples.configuration(text)
    do throws(ConfigFailure) {
      _ = try configuration.compiled(with: world)
      return ""
    } catch {
      return error.description
    }
  }

  @Test func gateOfTheFullExample() throws {
    let gate = try compiled(Samples.full).gate
    #expect(
      gate.gatewayKeys == [
        .init(privateKey: Samples.filled(0xA0), validity: Validity(notAfter: Timestamp(seconds: 1_798_761_600))),
        .init(privateKey: Samples.filled(0xA1), validity: .always),
      ])
    #expect(gate.admissions == [.always(Samples.filled(0xB0))])
    #expect(gate.keys.map(\.credential.spa?.publicKey) == [Samples.filled(0x11), Samples.filled(0x22)])
    #expect(gate.keys.map(\.credential.spa?.presharedKey) == [Samples.filled(0xC0), .zero])
    #expect(gate.keys.map(\.user) == [0, 0])
    #expect(gate.keyBucket == .init(burst: 1000, refill: .milliseconds(10)) && gate.curveBudget == 5000 && gate.clockIsTrusted)
  }

  @Test func gateDoorsAndUsers() throws {
    let gate = try compiled(Samples.full).gate
    #expect(
      gate.doors == [
        .init(
          id: DoorID(115), hasIPv4: true, hasIPv6: false, defaultLease: 60, longestLease: 7200, weakest: .authenticated,
          addresses: .all, allowsLinkLocal: true, services: ["tcp/22", "udp/60001"].compactMap { Service($0) }),
        .init(
          id: DoorID(119), hasIPv4: false, hasIPv6: true, defaultLease: 30, longestLease: 3600, weakest: .plain,
          addresses: .named, allowsLinkLocal: false, services: ["tcp/443"].compactMap { Service($0) }),
      ])
    #expect(gate.users.map(\.doors) == [[1, 0], [1]] && gate.users.map(\.defaultDoor) == [0, 1])
    #expect(gate.users.map(\.longestLease) == [1800, 86_400] && gate.users.map(\.mayUsePacketSource) == [true, false])
    #expect(gate.users.last?.validity == .always && gate.users.first?.validity.notBefore == Timestamp(seconds: 1_767_225_600))
  }

  @Test func groupsOfOperators() throws {
    func access(_ lines: String) throws -> KeeperTables.Access {
      try compiled(Samples.minimal + "\n[control]\n" + lines).keeper.access
    }
    #expect(try access("") == .init(operators: 200, viewers: nil), "only one of the usual groups is there")
    #expect(try access("operators = \"staff\"\nviewers = \"postern\"") == .init(operators: 50, viewers: 200))
    #expect(try access("operators = 7\nviewers = 0") == .init(operators: 7, viewers: 0))
    #expect(
      try errors(Samples.minimal + "\n[control]\nviewers = \"nobody\"") == "p.toml:12:11: there is no group \"nobody\"")
  }

  @Test func journals() throws {
    func journal(_ line: String) throws -> KeeperTables.Journal {
      try compiled(Samples.minimal + "\n[audit]\n" + line).keeper.journal
    }
    let usual = "/run/systemd/journal/socket"
    #expect(try journal("") == .whenThere(usual) && journal("journal = \"auto\"") == .whenThere(usual))
    #expect(try journal("journal = true") == .always(usual) && journal("journal = false") == .off)
    #expect(try journal("journal = \"/run/other\"") == .always("/run/other"))
  }

  @Test func keeperOfTheFullExample() throws {
    let configuration = try Samples.configuration(Samples.full)
    let keeper = try configuration.compiled(with: Samples.world()).keeper
    #expect(keeper.groups == [5, 6] && keeper.stateDirectory == "/var/lib/other" && keeper.controlSocket == "/run/other")
    #expect(keeper.auditFile == nil && keeper.notices == configuration.notices && keeper.notices.count == 7)
    #expect(keeper.users.map(\.name.description) == ["alice", "bob"] && keeper.users.map(\.grantsPerMinute) == [600, 600])
    #expect(keeper.users.first?.sources.count == 2 && keeper.users.first?.doors == [1, 0])
    #expect(keeper.keys.map(\.name.description) == ["laptop", "phone"] && keeper.keys.map(\.user) == [0, 0])
    #expect(keeper.keys.last?.validity.notAfter == Timestamp(nanoseconds: 1_780_272_000_500_000_000))
    #expect(keeper.doors.map(\.name.description) == ["ssh", "web"] && keeper.doors.map(\.leasesPerUser) == [16, 16])
    #expect(keeper.doors.map(\.ipv4?.set) == ["ssh4", nil] && keeper.doors.map(\.longestLease) == [7200, 3600])
    // The lower of the two public keys, 0x5E and 0x5F repeated, comes first.
    #expect(keeper.gatewayFingerprint == 0x5E5E_5E5E_5E5E_5E5E)
  }

  /// A queue is bound only where a door needs it.
  @Test(arguments: [("", [UInt16](), UInt16(0)), ("hold = \"300ms\"", [5], 300)])
  func queues(_ line: String, _ queues: [UInt16], _ hold: UInt16) throws {
    let text = Samples.minimal.replacing("ports = ", with: line + "\nports = ")
    let keeper = try compiled(text).keeper
    #expect(keeper.queues == queues && keeper.doors.map(\.hold) == [hold])
  }

  @Test func minimalHasNoAdmissionSecret() throws { #expect(try compiled(Samples.minimal).gate.admissions == [.always(.zero)]) }

  @Test(arguments: [
    ("", 1, UInt32(4096)), ("key-burst = 5000", 1, 5015), ("key-burst = 5000", 2, 10_030),
    ("key-refill = \"7ms\"", 1, 10_725), ("key-refill = \"1h\"\nkey-burst = 4096", 1, 4097),
  ]) func ringSlots(_ limits: String, _ keys: Int, _ slots: UInt32) throws {
    let second = "[users.alice.keys.phone]\npublic = \"\(Samples.key2)\"\npsk-none = true\n"
    let text = Samples.minimal + "\n" + (keys == 2 ? second : "") + "[limits]\n" + limits
    #expect(try compiled(text).keeper.rings[0].slots == slots)
  }

  @Test func ringSlotsHaveAnEnd() throws {
    let keys = (1...17).map { key in
      "[users.alice.keys.k\(key)]\npublic = \"\(Base64.encode(Array(repeating: UInt8(key + 50), count: 32)))\"\npsk-none = true\n"
    }.joined()
    let text = Samples.minimal + "\n" + keys + "[limits]\nkey-burst = 1000000"
    #expect(
      try errors(text) == """
        p.toml:62:1: "key-burst" and "key-refill" of 18 spa keys need a replay ring of 18000270 slots, at most 1048576 are possible
        """)
  }

  @Test(arguments: [
    ("gateway.key\"", "lost.key\"", "p.toml:3:7: cannot read \"lost.key\": no such file"),
    ("gateway.key\"", "bad.key\"", "p.toml:3:7: \"bad.key\" holds no X25519 private key"),
    ("gateway.key\"", "gateway.key\"\nadmission = \"lost\"", "p.toml:4:13: cannot read \"lost\": no such file"),
    (
      "key = \"gateway.key\"", "keys = [{ file = \"next.key\" }, { file = \"next.key\" }]",
      "p.toml:3:41: both keys of the gateway are the same"
    ),
    ("alice-laptop.psk", "lost.psk", "p.toml:10:7: cannot read \"lost.psk\": no such file"),
    ("alice-laptop.psk", "zero.psk", "p.toml:10:7: \"zero.psk\" holds zeros; say psk-none = true to do without"),
    (Samples.key1, "X19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX18=", "p.toml:9:10: this public key is the gateway's own"),
    (
      Samples.key1, "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
      "p.toml:9:10: this public key is a point of small order: nobody's private key leads to it"
    ),
    (
      "[users.alice]", "[doors.sip]\nports = [\"udp/5060\"]\n[users.alice]",
      "p.toml:6:8: the id of this door is also that of \"ssh\": rename one"
    ),
  ]) func refused(_ old: String, _ new: String, _ expected: String) throws {
    #expect(try errors(Samples.minimal.replacing(old, with: new)) == expected)
  }

  @Test func zeroDoorIDIsRefused() throws {
    #expect(try errors(Samples.minimal, Samples.world { _ in DoorID(0) }) == "p.toml:4:8: the id of this door is zero: rename it")
  }

  @Test func allErrorsOfTheWorld() throws {
    let text = Samples.minimal.replacing("gateway.key", with: "a").replacing("alice-laptop.psk", with: "b")
    #expect(try errors(text) == "p.toml:3:7: cannot read \"a\": no such file\np.toml:10:7: cannot read \"b\": no such file")
  }

  @Test func tablesSurviveTheirEncoding() throws {
    let tables = try compiled(Samples.full)
    #expect(try tables.gate.encoded().withBytes { try GateTables(decoding: $0) } == tables.gate)
    #expect(try tables.keeper.encoded().withBytes { try KeeperTables(decoding: $0) } == tables.keeper)
  }
}
