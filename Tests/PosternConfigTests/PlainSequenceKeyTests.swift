// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct PlainSequenceKeyTests {
  private static let door = """
    [doors.front]
    ports = ["tcp/22"]
    packet-source = true
    weakest = "plain"
    allow-weak = "an observer can repeat these knocks"
    [users.anyone]
    doors = ["front"]
    packet-source = true
    """

  private static func text(_ key: String, _ other: String = "", door: String = door) -> String {
    Samples.minimal + "\n\(door)\n[users.anyone.keys.front]\n\(key)\n\(other)\n"
  }

  private func credential(_ key: String) throws -> Credential {
    let tables = try Samples.configuration(Self.text(key)).compiled(with: Samples.world())
    return try #require(tables.gate.keys.last?.credential)
  }

  @Test func aSequence() throws {
    let key = """
      protocol = "knockd"
      sequence = ["tcp/7000", "udp/8000", "tcp/7000 fin", "echo"]
      flags = ["syn", "!ack"]
      timeout = "1500ms"
      target = ["192.0.2.1", "2001:db8::1"]
      ignore-retransmissions = true
      """
    let flags = try #require(TCPFlagTest("syn !ack"))
    let steps = ["tcp/7000", "udp/8000", "tcp/7000 fin", "echo"].compactMap { KnockdStep($0, flags: flags) }
    #expect(
      try credential(key)
        == .knockd(
          KnockdCredential(
            sequences: .always(steps), timeout: .milliseconds(1500),
            targets: ["192.0.2.1", "2001:db8::1"].compactMap { IPAddress($0) }, ignoresRetransmissions: true)))
  }

  @Test func whatIsLeftOut() throws {
    let step = try #require(KnockdStep("tcp/7000", flags: .any))
    #expect(
      try credential("protocol = \"knockd\"\nsequence = [\"tcp/7000\"]")
        == .knockd(KnockdCredential(sequences: .always([step]), timeout: .seconds(25))))
    let ports = try [200, 80].map { try #require(Port($0)) }
    #expect(
      try credential("protocol = \"cd00r\"\nsequence = [\"tcp/200\", \"tcp/80\"]")
        == .cd00r(Cd00rCredential(ports: ports, timeout: .seconds(30), targets: [], resets: true, state: .perSource)))
  }

  @Test func oneTime() throws {
    let lines = try ["tcp/1", "udp/2"].enumerated().map { number, text in
      KnockdCredential.Line(number: UInt32(number), steps: [try #require(KnockdStep(text, flags: .any))])
    }
    #expect(
      try credential("protocol = \"knockd\"\none-time = [\"tcp/1\", \"2:udp\"]")
        == .knockd(KnockdCredential(sequences: .oneTime(lines), timeout: .seconds(25))))
    // The file of the fake world.
    let tables = try Samples.configuration(Self.text("protocol = \"knockd\"\none-time-file = \"sequences\"")).compiled(
      with: Samples.world())
    guard case .knockd(let key) = tables.gate.keys.last?.credential, case .oneTime(let read) = key.sequences else {
      throw Samples.NoSuchFile()
    }
    #expect(read.map(\.number) == [1, 3])
  }

  @Test(arguments: [
    ("", Cd00rCredential.State.perSource), ("global-state = true", .global), ("same-sender = true", .perSource),
    ("global-state = true\nsame-sender = true", .globalOfOneSender), ("global-state = true\nsame-sender = false", .global),
  ])
  func states(_ lines: String, _ state: Cd00rCredential.State) throws {
    let key = "protocol = \"cd00r\"\nsequence = [\"tcp/1\"]\nreset = false\ntimeout = \"0s\"\ntarget = \"192.0.2.1\"\n\(lines)"
    guard case .cd00r(let credential) = try credential(key) else { throw Samples.NoSuchFile() }
    #expect(credential.state == state && !credential.resets && credential.timeout == nil && credential.targets.count == 1)
  }

  @Test(arguments: [
    ("protocol = \"knockd\"", "exactly one of \"sequence\", \"one-time\", \"one-time-file\" is needed"),
    ("protocol = \"knockd\"\nsequence = [\"tcp/1\"]\none-time = [\"tcp/1\"]", "exactly one of"),
    ("protocol = \"knockd\"\nsequence = []", "1 to 32 elements"),
    ("protocol = \"knockd\"\nsequence = [\"tcp/0\"]", "\"sequence\" must hold a step like"),
    ("protocol = \"knockd\"\nsequence = [7000]", "\"sequence\" must hold a step like"),
    ("protocol = \"knockd\"\nsequence = [\"tcp/1\"]\nflags = [\"null\"]", "\"flags\" must be a TCP flag"),
    ("protocol = \"knockd\"\nsequence = [\"tcp/1\"]\nflags = [\"syn\", \"!syn\"]", "\"flags\" names a flag twice"),
    ("protocol = \"knockd\"\nsequence = [\"tcp/1\"]\ntimeout = \"0s\"", "\"timeout\" must be between 1ms and 1h"),
    ("protocol = \"knockd\"\nsequence = [\"tcp/1\"]\ntarget = \"front\"", "\"target\" must be an address"),
    ("protocol = \"knockd\"\nsequence = [\"tcp/1\"]\nreset = true", "unknown key \"reset\""),
    ("protocol = \"knockd\"\none-time = [\"tcp/1,\"]", "\"one-time\" must hold a sequence"),
    ("protocol = \"knockd\"\none-time-file = \"nowhere\"", "cannot read \"nowhere\": no such file"),
    ("protocol = \"knockd\"\none-time-file = \"used\"", "holds 0 unused sequences"),
    ("protocol = \"cd00r\"", "missing key \"sequence\""),
    ("protocol = \"cd00r\"\nsequence = [\"udp/1\"]", "must hold a TCP port"),
    ("protocol = \"cd00r\"\nsequence = [\"tcp/1\"]\nsame-sender = false", "can only be false with global-state = true"),
  ])
  func complaints(_ key: String, _ complaint: String) {
    let errors = Samples.compileErrors(Self.text(key))
    #expect(errors.contains(complaint), "\(errors)")
  }

  @Test func whatCouldNeverOpen() {
    let key = "protocol = \"knockd\"\nsequence = [\"tcp/1\"]"
    #expect(Samples.compileErrors(Self.text(key)) == "")
    let changes = [
      ("packet-source = true", "", "users.anyone needs packet-source = true"),
      ("weakest = \"plain\"", "weakest = \"keyed\"", "its knocks are plain, too weak for doors.front"),
      ("doors = [\"front\"]", "doors = [\"ssh\", \"front\"]", "this key needs \"door\""),
    ]
    for (old, new, complaint) in changes {
      let errors = Samples.compileErrors(Self.text(key, door: Self.door.replacingLast(old, with: new)))
      #expect(errors.contains(complaint), "\(complaint): \(errors)")
    }
    let closed = Self.door.replacingLast("packet-source = true\nweakest", with: "weakest")
    #expect(Samples.compileErrors(Self.text(key, door: closed)).contains("doors.front needs packet-source = true"))
    let elsewhere = Samples.compileErrors(Self.text(key + "\ndoor = \"ssh\""))
    #expect(elsewhere.contains("its knocks are for doors.ssh, which its user may not open"), "\(elsewhere)")
  }

  @Test func keysThatGetInEachOthersWay() {
    let other = "[users.anyone.keys.back]\nprotocol = \"knockd\"\n"
    let rows = [
      ("sequence = [\"tcp/1\", \"tcp/2\"]", true), ("sequence = [\"tcp/1\", \"udp/2\"]", false),
      ("sequence = [\"tcp/1\", \"tcp/2\"]\nflags = [\"!syn\"]", false), ("sequence = [\"tcp/1\"]", false),
      ("sequence = [\"tcp/1\", \"tcp/2\"]\ntarget = \"192.0.2.1\"", true), ("one-time = [\"tcp/1,tcp/2\"]", false),
    ]
    for (second, clash) in rows {
      let errors = Samples.compileErrors(Self.text("protocol = \"knockd\"\nsequence = [\"tcp/1\", \"tcp/2\"]", other + second))
      #expect(errors.contains("the same packets are the knock of users.anyone.keys.front") == clash, "\(second): \(errors)")
      if !clash { #expect(errors == "") }
    }
  }

  @Test func tooManyOfOneBeginning() {
    func keys(_ count: Int) -> String {
      (1...count).map { "[users.anyone.keys.k\($0)]\nprotocol = \"knockd\"\nsequence = [\"tcp/1\", \"tcp/\($0)\"]" }.joined(
        separator: "\n")
    }
    let front = "protocol = \"knockd\"\nsequence = [\"udp/1\"]"
    #expect(Samples.compileErrors(Self.text(front, keys(64))) == "")
    #expect(Samples.compileErrors(Self.text(front, keys(65))).contains("more than 64 sequences of knockd begin with tcp/1"))
  }

  @Test func notices() throws {
    let rows = [
      (
        "protocol = \"knockd\"\nsequence = [\"tcp/1\"]", "whoever sees the packets of a knock", "opens doors.front for himself or"
      ),
      ("protocol = \"knockd\"\none-time = [\"tcp/1\"]", "whoever holds the last packet of a sequence back", "opens doors.front"),
      ("protocol = \"knockd\"\nsequence = [\"tcp/1\"]\ndoes = \"close\"", "whoever sees", "closes doors.front for any address"),
      ("protocol = \"cd00r\"\nsequence = [\"tcp/1\"]", "whoever sees the SYNs", "opens doors.front"),
      ("protocol = \"cd00r\"\nsequence = [\"tcp/1\"]\nglobal-state = true", "breaks everybody's knock", "opens doors.front"),
    ]
    for (key, who, what) in rows {
      let own = try Samples.configuration(Self.text(key)).notices.filter { $0.hasPrefix("users.anyone.keys.front: ") }
      #expect(own.count == 1 && own[0].contains(who) && own[0].contains(what), "\(own)")
    }
    #expect(try !Samples.configuration(Samples.minimal).notices.contains { $0.contains("keys") })
  }
}

extension String {
  /// The last occurrence replaced.
  fileprivate func replacingLast(_ old: String, with new: String) -> String {
    guard let range = ranges(of: old).last else { return self }
    return replacingCharacters(in: range, with: new)
  }

  private func replacingCharacters(in range: Range<Index>, with new: String) -> String {
    String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
