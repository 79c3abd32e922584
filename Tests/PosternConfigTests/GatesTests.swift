// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternTables
import PosternWire
import Testing

/// `capture.gates`, and what needs one gate.
@Suite struct GatesTests {
  private static let spa = "public = \"\(Samples.key1)\"\npsk = \"alice-laptop.psk\"\n"

  private func text(_ key: String, gates: Int, groups: String = "[5, 6]") -> String {
    Samples.oneKeyOfPackets.replacing("version = 1\n", with: "version = 1\n[capture]\ngroups = \(groups)\ngates = \(gates)\n")
      + key
  }

  @Test func oneWhereNothingIsSaid() throws {
    let configuration = try Samples.configuration(Samples.oneKey + Self.spa)
    #expect(try configuration.compiled(with: Samples.world()).keeper.gates == 1)
  }

  @Test(arguments: [("[5, 6]", 2), ("[1, 2, 3, 4, 5]", 2), ("[1, 2, 3, 4]", 4)])
  func asManyAsThereAreGroups(_ groups: String, _ gates: Int) throws {
    let tables = try Samples.configuration(text(Self.spa, gates: gates, groups: groups)).compiled(with: Samples.world())
    #expect(tables.keeper.gates == gates)
    #expect(try tables.keeper.encoded().withBytes { try KeeperTables(decoding: $0) }.gates == gates)
  }

  @Test(arguments: [
    ("[5]", 2, "2 gates need as many groups, not 1"), ("[5, 6]", 3, "3 gates need as many groups, not 2"),
    ("[5]", 0, "\"gates\" must be between 1 and 4, not 0"), ("[1, 2, 3, 4, 5]", 5, "\"gates\" must be between 1 and 4, not 5"),
  ])
  func complaints(_ groups: String, _ gates: Int, _ words: String) {
    #expect(Samples.compileErrors(text(Self.spa, gates: gates, groups: groups)).contains(words))
  }

  static let needsOne: [(String, String)] = [
    (spa + "totp = \"next.key\"", "codes count once"),
    (spa + "uses = 3", "uses are counted"),
    ("protocol = \"knockd\"\none-time = [\"tcp/1\", \"2:udp\"]", "its knocks count once for ever"),
    (
      "protocol = \"sadoor\"\nsecret = \"alice-laptop.psk\"\nscope = \"global\"\npackets = 'keypkt { ip { daddr = any; udp { } } } cmdpkt { ip { daddr = any; udp { } } }'",
      "its packets may come from several sources"
    ),
    ("protocol = \"doorman\"\ngroup = \"foo\"\nsecret = \"passphrase\"\nports = [22]", "its knocks carry no time"),
    ("protocol = \"ports\"\nform = \"legacy-8\"\nsecret = \"passphrase\"", "its knocks carry no time"),
  ]

  @Test(arguments: needsOne) func whatCountsLongerThanAStampNeedsOneGate(_ key: String, _ reason: String) {
    #expect(Samples.compileErrors(text(key, gates: 2)).contains("\(reason), which takes one gate: gates = 1"))
    #expect(Samples.compileErrors(text(key, gates: 1)).isEmpty)
  }

  @Test func aSharedPositionOfCd00rNeedsOneGate() {
    let plain = text("protocol = \"cd00r\"\nsequence = [\"tcp/200\", \"tcp/80\"]\nglobal-state = true\n", gates: 2)
      .replacing("weakest = \"keyed\"", with: "weakest = \"plain\"")
    #expect(Samples.compileErrors(plain).contains("its packets may come from several sources"))
    #expect(Samples.compileErrors(plain.replacing("global-state = true", with: "")).isEmpty)
  }

  @Test func actionsOfKnocksNeedOneGate() {
    let actions = "[actions.mail]\nrun = [\"/bin/true\"]\nuser = 5\ngroup = 6\n[users.alice]\n"
    let may = text(Self.spa, gates: 2).replacing("[users.alice]\n", with: "\(actions)actions = [\"mail\"]\n")
    #expect(Samples.compileErrors(may).contains("what a knock starts it starts once, which takes one gate: gates = 1"))
    #expect(!Samples.compileErrors(may.replacing("gates = 2", with: "gates = 1")).contains("one gate"))
  }

  @Test func aHoldNeedsOneGate() {
    let holds = text(Self.spa, gates: 2).replacing("ports = [\"tcp/22\"]\n", with: "ports = [\"tcp/22\"]\nhold = \"300ms\"\n")
    #expect(Samples.compileErrors(holds).contains("which takes one gate: gates = 1"))
    #expect(Samples.compileErrors(holds.replacing("gates = 2", with: "gates = 1")).isEmpty)
  }
}
