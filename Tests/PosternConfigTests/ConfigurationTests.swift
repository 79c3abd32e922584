// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct ConfigurationTests {
  @Test func minimalTakesTheDefaults() throws {
    let found = try Samples.configuration(Samples.minimal)
    #expect(found.gateway.keys.map(\.file.value) == ["gateway.key"])
    #expect(found.gateway.keys.first?.until == nil)
    #expect(found.gateway.admissions.isEmpty)
    #expect(!found.gateway.clockIsTrusted)
    #expect(found.capture.groups == [5])
    #expect(found.state.directory.value == "/var/lib/postern")
    #expect(found.audit.file?.value == "/var/log/postern/audit.jsonl")
    #expect(found.control.socket.value == "/run/postern/control")
    #expect(found.notices == [])
  }

  @Test func minimalLimits() throws {
    let limits = try Samples.configuration(Samples.minimal).limits
    #expect([limits.keyBurst, limits.grantsPerMinute, limits.leasesPerDoor, limits.curveBudget] == [10, 60, 8, 4000])
    #expect(limits.keyRefill == .seconds(5))
  }

  @Test func minimalDoorAndUser() throws {
    let found = try Samples.configuration(Samples.minimal)
    let door = try #require(found.doors.first)
    #expect(door.ipv4 == KeeperTables.SetReference(family: .inet, table: "postern", set: "door4"))
    #expect(door.ipv6 == KeeperTables.SetReference(family: .inet, table: "postern", set: "door6"))
    #expect(door.services.map(\.description) == ["tcp/22"])
    #expect([door.defaultLease, door.longestLease] == [30, 3600])
    #expect(door.weakest == .authenticated)
    #expect(door.addresses == .named && !door.allowsLinkLocal)
    let user = try #require(found.users.first)
    #expect(user.doors == [0] && user.defaultDoor == 0 && user.longestLease == 86_400)
    #expect(!user.mayUsePacketSource && user.sources.isEmpty && user.validity == .always)
    let key = try #require(user.keys.first)
    #expect(
      key.spa?.publicKey.value == Samples.filled(0x11) && key.spa?.presharedKey?.value == "alice-laptop.psk"
        && key.validity == .always)
  }

  @Test func fullExample() throws {
    let found = try Samples.configuration(Samples.full)
    #expect(found.gateway.keys.map(\.file.value) == ["gateway.key", "next.key"])
    #expect(found.gateway.keys.map(\.until) == [Timestamp(seconds: 1_798_761_600), nil])
    #expect(found.gateway.admissions.map(\.file.value) == ["admission.key"] && found.gateway.clockIsTrusted)
    #expect(found.capture.groups == [5, 6] && found.state.directory.value == "/var/lib/other")
    #expect(found.audit.file == nil && found.control.socket.value == "/run/other")
    let limits = found.limits
    #expect([limits.keyBurst, limits.grantsPerMinute, limits.leasesPerDoor, limits.curveBudget] == [1000, 600, 16, 5000])
    #expect(limits.keyRefill == .milliseconds(10))
  }

  @Test func fullDoors() throws {
    let doors = try Samples.configuration(Samples.full).doors
    #expect(doors.map(\.name.value.description) == ["ssh", "web"])
    #expect(doors[0].ipv4 == KeeperTables.SetReference(family: .ip, table: "filter", set: "ssh4") && doors[0].ipv6 == nil)
    #expect(doors[0].services.map(\.description) == ["tcp/22", "udp/60001"])
    #expect([doors[0].defaultLease, doors[0].longestLease] == [60, 7200])
    #expect(doors[0].addresses == .all && doors[0].allowsLinkLocal)
    #expect(doors[1].ipv4 == nil && doors[1].ipv6?.set == "door6" && doors[1].weakest == .plain)
  }

  @Test func doorsThatHold() throws {
    #expect(try Samples.configuration(Samples.full).capture.queues == [5])
    #expect(try Samples.configuration(Samples.full).doors.map(\.hold) == [0, 0])
    let text = Samples.full.replacing("groups = [5, 6]", with: "groups = [5, 6]\nqueues = [7, 9]")
      .replacing("lease = \"1m\"", with: "lease = \"1m\"\nhold = \"300ms\"")
    let found = try Samples.configuration(text)
    #expect(found.capture.queues == [7, 9] && found.doors.map(\.hold) == [300, 0])
    #expect(try Samples.configuration(text.replacing("300ms", with: "2s")).doors[0].hold == 2000)
  }

  @Test func fullUsers() throws {
    let users = try Samples.configuration(Samples.full).users
    #expect(users.map(\.name.value.description) == ["alice", "bob"])
    #expect(users[0].doors == [1, 0] && users[0].defaultDoor == 0 && users[0].longestLease == 1800)
    #expect(users[0].mayUsePacketSource && users[0].sources.map(\.description) == ["192.0.2.0/24", "2001:db8::/32"])
    #expect(
      users[0].validity == Validity(notBefore: Timestamp(seconds: 1_767_225_600), notAfter: Timestamp(seconds: 1_830_297_600)))
    #expect(users[0].keys.map(\.name.value.description) == ["laptop", "phone"])
    #expect(users[0].keys[1].spa?.presharedKey == nil)
    #expect(users[0].keys[1].validity.notAfter == Timestamp(nanoseconds: 1_780_272_000_500_000_000))
    #expect(users[1].doors == [1] && users[1].defaultDoor == 1 && users[1].keys.isEmpty)
  }

  @Test func severalDoorsHaveNoDefault() throws {
    let text =
      Samples.minimal.replacing("doors = [\"ssh\"]", with: "doors = [\"ssh\", \"web\"]") + "\n[doors.web]\nports = [\"tcp/1\"]"
    #expect(try Samples.configuration(text).users.first?.defaultDoor == nil)
  }

  @Test func shortLongestCutsTheDefaultLease() throws {
    let text = Samples.minimal.replacing("ports", with: "longest = \"10s\"\nports")
    #expect(try Samples.configuration(text).doors.first?.defaultLease == 10)
  }

  /// The first door of the minimal example with further lines.
  private func door(_ lines: String) throws -> Configuration.Door {
    try #require(try Samples.configuration(Samples.minimal.replacing("ports = [\"tcp/22\"]", with: lines)).doors.first)
  }

  @Test func forwardingDoors() throws {
    #expect(try door("ports = [\"tcp/22\"]").forward[.ipv4] == nil)
    let door = try door(
      """
      ports = ["tcp/2222", "udp/2222"]
      key = ["source-address", "destination-address", "port"]
      forward4 = { map = "ip nat hosts", to = "10.0.0.5:22" }
      forward6 = { map = "inet nat hosts6", to = "fd00::5" }
      """)
    #expect(door.forward[.ipv4]?.map.description == "ip nat hosts" && door.forward[.ipv4]?.target.description == "10.0.0.5:22")
    #expect(door.forward[.ipv6]?.map.description == "inet nat hosts6" && door.forward[.ipv6]?.target.description == "fd00::5")
    #expect(door.destinations.isEmpty && door.key?.count == 3, "the target is the destination in the set")
  }

  @Test func keyOfADoor() throws {
    let plain = try door("ports = [\"tcp/22\"]")
    #expect(plain.destinations.isEmpty && plain.key == nil && plain.prefix4 == 32 && plain.prefix6 == 128)
    let door = try door(
      """
      ports = ["tcp/8000-8010", "esp"]
      destination = ["10.0.0.5", "fd00::5"]
      key = ["destination-address", "source-address", "protocol"]
      prefix4 = 24
      prefix6 = 64
      """)
    #expect(door.services.map(\.description) == ["tcp/8000-8010", "esp"])
    #expect(door.destinations.map(\.description) == ["10.0.0.5", "fd00::5"])
    #expect(door.key == [.destinationAddress, .sourceAddress, .transport] && door.prefix4 == 24 && door.prefix6 == 64)
  }

  @Test(
    arguments: [
      ("table = \"ip filter\"", "ip filter door4", nil), ("set4 = \"ip filter ssh\"", "ip filter ssh", nil),
      ("set6 = \"ip6 filter ssh\"", nil, "ip6 filter ssh"),
      ("set4 = \"ip filter ssh\"\nset6 = \"ip6 filter ssh\"", "ip filter ssh", "ip6 filter ssh"),
      ("set4 = \"ip filter ssh\"\nset6 = \"door6\"", "ip filter ssh", "inet postern door6"),
      ("table = \"inet mine\"\nset4 = \"ip filter ssh\"", "ip filter ssh", "inet mine door6"),
      ("table = \"inet mine\"\nset4 = \"\"\nset6 = \"inet mine ssh\"", nil, "inet mine ssh"),
    ] as [(String, String?, String?)])
  func setsOfADoor(_ lines: String, _ ipv4: String?, _ ipv6: String?) throws {
    let door = try door("ports = [\"tcp/22\"]\n" + lines)
    #expect(door.ipv4?.description == ipv4 && door.ipv6?.description == ipv6)
  }

  @Test(
    arguments: [
      ("ports = [\"tcp/22\"]", "once4"), ("ports = [\"udp/53\"]", "exact4"), ("ports = [\"tcp/22\"]\nset4 = \"mine\"", "mine"),
    ])
  func setsOfAOneShotDoor(_ lines: String, _ ipv4: String) throws {
    let door = try door(lines + "\nonce = true\nsession6 = \"flows\"")
    #expect(door.isOnce && door.ipv4?.set == ipv4)
    #expect(door.sessions4?.description == "inet postern session4" && door.sessions6?.description == "inet postern flows")
    let other = try self.door(lines)
    #expect(!other.isOnce && other.sessions4 == nil && other.sessions6 == nil)
  }

  /// A key that tells less apart makes room for more services.
  @Test func elementsAreCountedByTheKey() throws {
    let many = "ports = [\((1...64).map { "\"tcp/\($0)\"" }.joined(separator: ","))]"
    #expect(try door("\(many)\nkey = [\"source-address\", \"protocol\"]").services.count == 64)
    #expect(try door("\(many)\nset6 = \"\"").services.count == 64)
    #expect(try door("\(many.dropLast()), \"tcp/1-2\"]".replacing("\"tcp/1\",", with: "")).services.count == 64)
  }

  @Test func masksAreNoticed() throws {
    let text = Samples.minimal.replacing("ports", with: "prefix4 = 24\nprefix6 = 64\nports")
    #expect(
      try Samples.configuration(text).notices == [
        "doors.ssh: a lease admits everybody in the network of its address, prefix4 = 24 and prefix6 = 64"
      ])
    #expect(
      try Samples.configuration(text.replacing("ports", with: "set6 = \"\"\nports")).notices.first?.hasSuffix("= 24") == true)
  }

  @Test func noticesNameEveryRaisedLimit() throws {
    #expect(
      try Samples.configuration(Samples.full).notices == [
        "limits: key-burst raised from 10 to 1000", "limits: grants-per-minute raised from 60 to 600",
        "limits: leases-per-door raised from 8 to 16", "limits: curve-budget raised from 4000 to 5000",
        "limits: key-refill shortened from 5s to 10ms", "doors.web: plain knocks open it, an observer can repeat these knocks",
        "gateway: clock is trusted, although the kernel may not call it synchronised",
      ])
  }

  @Test func loweredLimitsAreNotNoticed() throws {
    let text =
      Samples.minimal
      + "\n[limits]\nkey-burst = 9\nkey-refill = \"6s\"\ngrants-per-minute = 1\nleases-per-door = 1\ncurve-budget = 1"
    #expect(try Samples.configuration(text).notices == [])
  }

  @Test func sixThousandUsersCompileInLinearTime() throws {
    let users = (0..<6000).map { user in
      let key = Base64.encode(Array("\(user)".utf8) + Array(repeating: 0xEE, count: 32 - "\(user)".utf8.count))
      return "[users.u\(user)]\ndoors=[\"ssh\"]\n[users.u\(user).keys.k]\npublic=\"\(key)\"\npsk=\"alice-laptop.psk\"\n"
    }
    let start = ContinuousClock.now
    let tables = try Samples.configuration(Samples.minimal + "\n" + users.joined()).compiled(with: Samples.world())
    #expect(tables.gate.users.count == 6001 && tables.keeper.keys.count == 6001 && tables.keeper.rings[0].slots == 6001 * 25)
    #expect(start.duration(to: .now) < .seconds(20))  // generous: quadratic work takes minutes
  }
}
