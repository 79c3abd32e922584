// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// Keys of Doorman, tumbler, header triggers and coded SYNs.
@Suite struct DatagramKeyTests {
  private static let doorman = "protocol = \"doorman\"\ngroup = \"foo\"\nsecret = \"passphrase\"\nports = [22]\n"

  private func compiled(_ keys: String) throws -> CompiledTables {
    try Samples.configuration(Samples.oneKey + keys).compiled(with: Samples.world())
  }

  private func credentials(_ keys: String) throws -> [Credential] { try compiled(keys).gate.keys.map(\.credential) }

  private func errors(_ keys: String) -> String { Samples.compileErrors(Samples.oneKey + keys) }

  private func port(_ number: UInt16) throws -> Port { try #require(Port(number)) }

  @Test func doormanKeys() throws {
    let secret = Array("open sesame".utf8)
    #expect(
      try credentials(Self.doorman) == [
        .doorman(.init(port: try port(1001), group: "foo", secret: secret, ports: [try port(22)], networks: []))
      ])
    let network = try #require(AddressPrefix("192.0.2.0/24"))
    #expect(
      try credentials(Self.doorman + "port = 1033\nnetworks = [\"192.0.2.0/24\"]") == [
        .doorman(.init(port: try port(1033), group: "foo", secret: secret, ports: [try port(22)], networks: [network]))
      ])
  }

  @Test func aDoormanRingIsThereForEver() throws {
    let rings = try compiled(Self.doorman).keeper.rings
    #expect(rings.map(\.kind) == [.spa, .doorman] && rings[1].slots == TableLimits.everlastingRingSlots)
  }

  @Test func tumblerKeys() throws {
    let secret = Array("open sesame".utf8)
    #expect(
      try credentials("protocol = \"tumbler\"\nsecret = \"passphrase\"") == [
        .tumbler(.init(port: try port(8675), secret: secret, user: nil, time: .standard, separator: ","))
      ])
    let time = try #require(TimePattern("%a %b %e %H:%M"))
    let text = """
      protocol = "tumbler"
      secret = "passphrase"
      port = 99
      user = "bob"
      time = "%a %b %e %H:%M"
      separator = ""
      """
    #expect(
      try credentials(text) == [.tumbler(.init(port: try port(99), secret: secret, user: "bob", time: time, separator: ""))])
  }

  @Test func headerKeys() throws {
    let plain = "protocol = \"header\"\nsequence = 17\n"
    #expect(
      try credentials(plain + "port = \"1000-10999\"\nopens = \"strip10\"\nallowed = [22]") == [
        .header(
          .init(
            carrier: .tcp, flagsAsked: 0x17, flagsSet: 0x02,
            conditions: [.init(.port, 1000...10999), .init(.sequence, 17...17)], target: .strip10, allowed: [try port(22)]))
      ])
    let entry = HeaderTarget.Entry(knocked: try port(1022), opened: try port(22))
    #expect(
      try credentials(plain + "acknowledgement = 0x4d010000\nflags = [\"psh\", \"!urg\"]\nopens = [\"1022=22\"]") == [
        .header(
          .init(
            carrier: .tcp, flagsAsked: 0x28, flagsSet: 0x08,
            conditions: [.init(.sequence, 17...17), .init(.acknowledgement, 0x4d01_0000...0x4d01_0000)], target: .table([entry]),
            allowed: []))
      ])
    #expect(
      try credentials("protocol = \"header\"\ncarrier = \"icmp\"\nttl = \"60-64\"\nicmp-id = 7") == [
        .header(
          .init(
            carrier: .icmp, flagsAsked: 0, flagsSet: 0, conditions: [.init(.timeToLive, 60...64), .init(.icmpIdentifier, 7...7)],
            target: .door, allowed: []))
      ])
    let subtracting = try credentials(plain + "opens = \"subtract1000\"").first
    #expect(subtracting?.header?.target == .subtract(1000))
  }

  @Test func synKeys() throws {
    let start = "protocol = \"syn\"\nsecret = \"alice-laptop.psk\"\n"
    #expect(try credentials(start) == [.syn(.init(secret: Samples.filled(0xC0), asksForPort: true))])
    #expect(try credentials(start + "opens = \"door\"") == [.syn(.init(secret: Samples.filled(0xC0), asksForPort: false))])
  }

  @Test(arguments: [
    ("protocol = \"doorman\"", "missing key"), (doorman + "networks = [\"x\"]", "a network like"),
    (doorman.replacing("foo", with: "two words"), "printable characters without blanks"),
    (doorman.replacing("passphrase", with: "none"), "cannot read"),
    (doorman.replacing("[22]", with: "[0]"), "between 1 and 65535"),
    (doorman + "[users.alice.keys.b]\n" + doorman, "this group is already that of alice/a"),
    ("protocol = \"tumbler\"\nsecret = \"passphrase\"\ntime = \"%S\"", "a time like"),
    ("protocol = \"tumbler\"\nsecret = \"passphrase\"\nseparator = \"123456789\"", "0 to 8 bytes"),
    ("protocol = \"header\"", "names no field"), ("protocol = \"header\"\nttl = 256", "between 0 and 255"),
    ("protocol = \"header\"\nttl = \"64-60\"", "a number or a range"),
    ("protocol = \"header\"\nicmp-id = 1", "packets of this carrier have no"),
    ("protocol = \"header\"\nsequence = 17\nflags = [\"syn\", \"!syn\"]", "says both of"),
    ("protocol = \"header\"\ncarrier = \"udp\"\nport = 1\nflags = [\"syn\"]", "only tcp has"),
    ("protocol = \"header\"\ncarrier = \"icmp\"\nicmp-id = 1\nopens = \"strip10\"", "icmp has no ports"),
    ("protocol = \"header\"\nsequence = 17\nallowed = [22]", "this key opens a door"),
    ("protocol = \"header\"\nsequence = 17\nopens = [\"1=2\", \"1=3\"]", "leads one port to two"),
    ("protocol = \"header\"\nsequence = 17\nopens = \"strip\"", "an array like"),
    ("protocol = \"syn\"\nsecret = \"zero.psk\"", "holds no secret"),
  ])
  func complaints(_ keys: String, _ message: String) { #expect(errors(keys).contains(message), "\(errors(keys))") }

  @Test func tooManyKeys() {
    let tumblers = (0...TumblerCredential.most).map {
      "[users.alice.keys.t\($0)]\nprotocol = \"tumbler\"\nsecret = \"passphrase\"\n"
    }
    let headers = (0...HeaderCredential.most).map { "[users.alice.keys.h\($0)]\nprotocol = \"header\"\nsequence = \($0)\n" }
    #expect(errors(Self.doorman + tumblers.joined()).contains("65 keys of the tumbler protocol"))
    #expect(errors(Self.doorman + headers.joined()).contains("65 keys of the header protocol"))
  }

  @Test func noticesSayWhatAnObserverCanDo() throws {
    let notices = try compiled(Self.doorman).keeper.notices
    #expect(notices.contains { $0.hasPrefix("users.alice.keys.a: its digest names no address") })
  }
}
