// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire
import Testing

/// Knocks of one packet of other systems, made by openssl and Debian's hping3, through the rules of `nft/examples`.
extension SystemSuite {
  @Suite struct DatagramKnockTests {
    private static let weak = "allow-weak = \"an observer can repeat these knocks\""

    private func lab(_ rules: String, _ extra: String, _ files: [String: String] = [:]) throws -> Lab {
      var options = Lab.Options()
      options.rules = ["postern.nft", "examples/" + rules]
      options.extra = extra
      let lab = try Lab(options)
      do {
        for (name, text) in files {
          let file = "\(lab.directory)/\(name)"
          guard
            FileManager.default.createFile(atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
          else { throw Shell.Failure(description: "cannot write \(file)") }
        }
        try lab.start()
      } catch {
        lab.down()
        throw error
      }
      return lab
    }

    /// The last word that openssl prints of a digest.
    private static func openssl(_ words: [String], over text: String) throws -> String {
      try Shell.must(["openssl", "dgst"] + words, input: text).split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
    }

    private func expectRefused(_ lab: Lab, _ denial: Denial, _ why: Comment, _ send: () throws -> Void) throws {
      let before = lab.status()?.refused(denial) ?? 0
      try send()
      #expect(Shell.wait(seconds: 3) { (lab.status()?.refused(denial) ?? 0) > before }, why)
    }

    // MARK: Doorman

    private static let guestList = """
      [doors.guests]
      ports = ["tcp/22"]
      once = true
      lease = "10s"
      packet-source = true
      weakest = "keyed"
      \(weak)
      [users.guest]
      doors = ["guests"]
      packet-source = true
      [users.guest.keys.doorman]
      protocol = "doorman"
      group = "foo"
      secret = "guest.secret"
      ports = [22]
      networks = ["10.77.0.0/30", "fd77::/64"]
      """

    private static func doorman(tag: UInt32, port: Int = 22) throws -> [UInt8] {
      let signed = "\(port) foo " + String(String(10_000_000_000 + UInt64(tag)).dropFirst())
      let digest = try openssl(["-md5", "-mac", "HMAC", "-macopt", "key:" + signed], over: "opensesame")
      return Array("\(signed) \(digest)".utf8)
    }

    @Test(arguments: OneShotTests.roads) func aDoormanKnockLetsOneFlowIn(_ road: OneShotTests.Road) throws {
      let lab = try lab("doorman.nft", Self.guestList, ["guest.secret": "opensesame\n"])
      defer { lab.down() }
      let listener = try Listener(in: lab.gateway, 22)
      #expect(lab.answer(road.gateway, 22) == .silence, "dead before the knock")
      let knock = try Self.doorman(tag: .random(in: 0...(.max)))
      let client = road.family == .ipv4 ? lab.clientV4 : lab.clientV6
      let sender = try lab.sender(from: client, port: 1001)
      sender.send(knock)
      try #require(Shell.wait { try lab.elements(road.door).count == 1 }, "\(lab.audit()) \(lab.log)")
      let element = try lab.elements(road.door)[0]
      #expect(element.address == client && element.timeout == 10, "any port of the client, for the time of waiting")
      let near = try Connection(from: lab.client, to: road.gateway, 22)
      let far = try listener.next()
      #expect(near.reaches(far) && far.reaches(near))
      #expect(try lab.elements(road.door).isEmpty && lab.elements(road.session).count == 1, "one flow's port alone")
      #expect(lab.answer(road.gateway, 22) == .silence, "no second flow")
      try expectRefused(lab, .replay, "the same datagram") { sender.send(knock) }
      lab.stop()
      try lab.start(newGateway: false)
      try expectRefused(lab, .replay, "after a restart") { sender.send(knock) }
      #expect(try lab.elements(road.door).isEmpty && near.reaches(far), "the flow goes on")
      sender.send(try Self.doorman(tag: .random(in: 0...(.max))))
      #expect(try Shell.wait { try lab.elements(road.door).count == 1 }, "a fresh one opens")
    }

    /// The end of the session takes its place away: nothing is left of the knock.
    @Test func aDoormanSessionEnds() throws {
      let lab = try lab("doorman.nft", Self.guestList, ["guest.secret": "opensesame\n"])
      defer { lab.down() }
      let listener = try Listener(in: lab.gateway, 22)
      try lab.sender(from: lab.clientV4, port: 1001).send(try Self.doorman(tag: .random(in: 0...(.max))))
      try #require(Shell.wait { try lab.elements("once4").count == 1 })
      do {
        let near = try Connection(from: lab.client, to: lab.gatewayV4, 22)
        let far = try listener.next()
        #expect(near.reaches(far))
        try #require(Shell.wait { lab.auditEvents("session").count == 1 }, "\(lab.audit())")
      }
      #expect(Shell.wait(seconds: 10) { lab.auditEvents("session-end").count == 1 }, "\(lab.audit())")
      #expect(lab.auditEvents("session-end").first?["user"] as? String == "guest")
      #expect(lab.answer(lab.gatewayV4, 22) == .silence)
    }

    @Test func whatTheGuestListDoesNotPermit() throws {
      let lab = try lab("doorman.nft", Self.guestList, ["guest.secret": "opensesame\n"])
      defer { lab.down() }
      let sender = try lab.sender(from: lab.clientV4, port: 1001)
      let foreign = try Self.doorman(tag: 7, port: 23)
      try expectRefused(lab, .serviceNotServed, "a port that is not listed") { sender.send(foreign) }
      try expectRefused(lab, .replay, "it is spent") { sender.send(foreign) }
      try expectRefused(lab, .wrongTag, "a digest by another secret") {
        sender.send(Array("22 foo 0000000008 685d27d9222e7460cb940b133bb48e75".utf8))
      }
      #expect(try lab.elements("once4").isEmpty)
    }

    // MARK: tumbler

    private static let tumbler = """
      [doors.tumbler]
      ports = ["tcp/22"]
      weakest = "keyed"
      \(weak)
      [users.jgc]
      doors = ["tumbler"]
      [users.jgc.keys.open]
      protocol = "tumbler"
      secret = "tumbler.secret"
      """

    private static func tumbler(from address: String) throws -> [UInt8] {
      let minute = try Shell.must(["date", "-u", "+%Y-%m-%dT%H:%MZ"]).trimmingCharacters(in: .whitespacesAndNewlines)
      return Array("TUMBLER1: \(try openssl(["-sha256"], over: "\(minute),\(address),open-pAsSwOrD"))".utf8)
    }

    @Test(arguments: [("10.77.0.2", "10.77.0.1"), ("fd77::2", "fd77::1")])
    func aTumblerKnockOpensOnce(_ client: String, _ gateway: String) throws {
      let lab = try lab("tumbler.nft", Self.tumbler, ["tumbler.secret": "open-pAsSwOrD\n"])
      defer { lab.down() }
      let listener = try lab.listen()
      defer { close(listener) }
      #expect(!lab.connects(gateway))
      let knock = try Self.tumbler(from: client)
      let sender = try lab.sender(from: client, port: 8675)
      try expectRefused(lab, .wrongTag, "another address") {
        let other = client.contains(":") ? "fd77::3" : "10.77.0.3"
        try lab.sender(from: other, port: 8675).send(knock)
      }
      sender.send(knock)
      try #require(Shell.wait { try lab.isOpen(client) }, "\(lab.audit()) \(lab.log)")
      #expect(lab.connects(gateway))
      try expectRefused(lab, .replay, "the same datagram") { sender.send(knock) }
      lab.stop()
      try lab.start(newGateway: false)
      try expectRefused(lab, .replay, "after a restart") { sender.send(knock) }
    }

    // MARK: syn

    @Test(arguments: OneShotTests.roads) func aCodedSYNOpensItsPortOnce(_ road: OneShotTests.Road) throws {
      let secret = try Randomness.bytes32()
      let keys = """
        [doors.coded]
        ports = ["tcp/22"]
        weakest = "keyed"
        \(Self.weak)
        [users.syn]
        doors = ["coded"]
        [users.syn.keys.laptop]
        protocol = "syn"
        secret = "syn.key"
        """
      let lab = try lab("syn.nft", keys, ["syn.key": Base64.encode(secret.array) + "\n"])
      defer { lab.down() }
      let listener = try lab.listen()
      defer { close(listener) }
      #expect(!lab.connects(road.gateway), "an ordinary SYN knocks for nothing")
      let (builder, sender) = try lab.packets(road.family)
      let client = road.family == .ipv4 ? lab.clientV4 : lab.clientV6
      let source = try #require(IPAddress(client))
      let claim = SynClaim(action: .open, step: SynStep.number(at: lab.freshStamp()), port: 22, source: source)
      let fields = secret.withBytes { SynEncoder.fields(claim, secret: $0) }
      let packet = builder.tcp(
        from: 40_000, to: 22, flags: fields.flags, sequence: try #require(fields.sequence),
        acknowledgement: try #require(fields.acknowledgement), window: try #require(fields.window))
      sender.send(packet)
      try #require(Shell.wait { try lab.isOpen(client) }, "\(lab.audit()) \(lab.log)")
      #expect(lab.connects(road.gateway))
      try expectRefused(lab, .replay, "the same SYN") { sender.send(packet) }
      lab.stop()
      try lab.start(newGateway: false)
      try expectRefused(lab, .replay, "after a restart") { sender.send(packet) }
    }

    // MARK: header

    /// With the configuration at the head of the rules.
    @Test(
      .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/hping3"), "no /usr/sbin/hping3: install hping3"))
    func hping3OpensPort22ForTenSeconds() throws {
      let head = try String(contentsOfFile: Lab.root + "/nft/examples/header-trigger.nft", encoding: .utf8)
        .split(separator: "\n").prefix { $0.hasPrefix("#") }.filter { $0.hasPrefix("#   ") }.map { $0.dropFirst(4) }
      let lab = try lab("header-trigger.nft", head.joined(separator: "\n"))
      defer { lab.down() }
      let listener = try lab.listen()
      defer { close(listener) }
      func hping(_ words: String...) throws {
        // It sends by the alarm clock, whose signal a test's children have blocked. Its status is 1 where no answer comes.
        let command = ["env", "--default-signal", "timeout", "-s", "KILL", "2", "/usr/sbin/hping3", "-c", "1"]
        _ = try Shell.run(lab.at(lab.client, command + words + [lab.gatewayV4]))
      }
      #expect(!lab.connects())
      try hping("-S", "-M", "18", "-p", "1022")
      try hping("-S", "-A", "-M", "17", "-p", "1022")
      try hping("-S", "-M", "17", "-p", "999")
      #expect(lab.status()?.counter("packets") == 0, "the kernel passes over what does not fit")
      try hping("-S", "-M", "17", "-p", "1443")
      #expect(Shell.wait { lab.status()?.refused(.unknownKey) == 1 }, "443 does not come of strip10")
      try hping("-S", "-M", "17", "-p", "1022")
      try #require(Shell.wait { try lab.isOpen(lab.clientV4) }, "\(lab.audit()) \(lab.log)")
      let element = try lab.elements("door4")[0]
      #expect(element.timeout == 10 && element.comment?.hasPrefix("anybody/seventeen poc ") == true, "\(element)")
      let stream = try #require(lab.connect())
      defer { close(stream) }
      #expect(Shell.wait(seconds: 11) { (try? lab.isOpen(lab.clientV4)) == false })
      #expect(!lab.connects(), "shut again")
    }
  }
}
