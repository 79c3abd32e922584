// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import PosternWire
import Testing

/// fwknop's own client, through `examples/fwknop.nft`.
extension SystemSuite {
  @Suite(.enabled(if: FwknopClient.isThere, "no \(FwknopClient.path): install fwknop-client"))
  struct FwknopTests {
    /// A lab whose user carol has a key `fwknop` and may open ssh and web.
    private func lab(_ more: String = "", key: String = "", rules: Lab.Options = .init()) throws -> (Lab, FwknopClient) {
      var options = rules
      options.rules.append("examples/fwknop.nft")
      // Sections need a lab for nothing but its files.
      options.extra += "\n" + Self.doors(options.table) + "\n" + more
      let lab = try Lab(options)
      let client = FwknopClient(lab: lab)
      do {
        try lab.edit("postern.toml") { $0 + "\n" + client.section("fwknop", key) + "\n" }
        try client.writeSecrets("fwknop")
        try lab.start()
      } catch {
        lab.down()
        throw error
      }
      return (lab, client)
    }

    /// A replay ring of the lab's own rates would be large: these knocks are remembered for four minutes.
    private static let rate = "key-burst = 100\nkey-refill = \"1s\""

    private static func doors(_ table: String) -> String {
      """
      [doors.web]
      table = "\(table)"
      ports = ["tcp/443", "udp/443"]
      lease = "20s"
      longest = "40s"
      packet-source = true
      [users.carol]
      doors = ["ssh", "web"]
      packet-source = true
      \(Self.rate)
      """
    }

    private func expectOpen(_ lab: Lab, _ address: String, _ why: Comment) {
      #expect(Shell.wait { (try? lab.isOpen(address)) == true }, why)
    }

    /// What opened since the test looked last.
    private func doors(_ lab: Lab, _ count: Int) -> [String] {
      _ = Shell.wait { lab.auditEvents("grant").count >= count }
      return lab.auditEvents("grant").compactMap { $0["door"] as? String }
    }

    // MARK: Ways

    struct Way: Sendable, CustomTestStringConvertible {
      let testDescription: String
      var words: [String]
      /// The port at which somebody takes the connection.
      var listens: UInt16?
    }

    static let ways: [Way] = [
      Way(testDescription: "udp", words: []),
      Way(testDescription: "udp from a chosen port", words: ["-S", "53"]),
      Way(testDescription: "udpraw", words: ["-P", "udpraw", "-Q", "10.77.0.3"]),
      Way(testDescription: "tcpraw", words: ["-P", "tcpraw", "-p", "22", "-Q", "10.77.0.2"]),
      Way(testDescription: "tcp", words: ["-P", "tcp"], listens: 62_201),
      Way(testDescription: "icmp", words: ["-P", "icmp", "-Q", "10.77.0.2"]),
      Way(
        testDescription: "icmp, echo request", words: ["-P", "icmp", "--icmp-type", "8", "--icmp-code", "0", "-Q", "10.77.0.2"]),
      Way(testDescription: "http", words: ["-P", "http", "-p", "80"], listens: 80),
    ]

    @Test func everyWayOpensTheDoor() throws {
      let (lab, client) = try lab()
      defer { lab.down() }
      for way in Self.ways {
        let listener = try way.listens.map { try Listener(in: lab.gateway, $0) }
        try client.knock(["-A", "tcp/22", "-a", lab.clientV4] + way.words)
        expectOpen(lab, lab.clientV4, "\(way.testDescription): \(lab.status()?.refused ?? []) \(lab.status()?.counters ?? [])")
        withExtendedLifetime(listener) {}
        try lab.shut()
      }
      let grants = lab.auditEvents("grant")
      #expect(grants.count == Self.ways.count)
      #expect(
        grants.allSatisfy {
          $0["door"] as? String == "ssh" && $0["user"] as? String == "carol" && $0["key"] as? String == "fwknop"
        })
      // SYN and echo request are as long as Postern's own knocks may be with options: their rules in postern.nft look at them, too.
      #expect(lab.status()?.refused == ["bad-checksum 1", "wrong-length 1"], "\(lab.status()?.refused ?? [])")
    }

    /// The client knows IPv4 alone; what it says does not depend on what carries it.
    @Test func theSourceOfEitherFamily() throws {
      let (lab, client) = try lab()
      defer { lab.down() }
      try client.knock(["-A", "tcp/22", "-s"])
      expectOpen(lab, lab.clientV4, "IPv4")
      let text = try client.text(["-A", "tcp/22", "-s"])
      try lab.sender(from: lab.clientV6).send(text)
      expectOpen(lab, lab.clientV6, "IPv6")
      let listener = try lab.listen()
      defer { close(listener) }
      #expect(lab.connects() && lab.connects("fd77::1"))
    }

    /// Beside them Postern's own knocks go their own way, although the port is the same.
    @Test func ownKnocksAreNotTakenForFwknops() throws {
      let (lab, _) = try lab()
      defer { lab.down() }
      try lab.sender().send(try lab.knock())
      expectOpen(lab, lab.clientV4, "spa")
      #expect(lab.status()?.refused.isEmpty == true, "\(lab.status()?.refused ?? [])")
    }

    // MARK: Secrets

    @Test func everyHashOfCodesAndDigests() throws {
      let hashes = ["md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_512"]
      let (lab, _) = try lab()
      defer { lab.down() }
      func client(_ hash: String) -> FwknopClient {
        FwknopClient(lab: lab, key: "passphrase for \(hash)", hmac: "code for \(hash)")
      }
      try lab.edit("postern.toml") { text in
        text + hashes.map { client($0).section("mac-" + $0, "hmac-type = \"\($0)\"") }.joined(separator: "\n")
      }
      for hash in hashes { try client(hash).writeSecrets("mac-" + hash) }
      lab.stop()
      try lab.start(newGateway: false)
      for hash in hashes {
        try client(hash).knock(["-A", "tcp/22", "-a", lab.clientV4, "--hmac-digest-type", hash, "-m", hash])
        expectOpen(lab, lab.clientV4, "\(hash): \(lab.status()?.refused ?? [])")
        try lab.shut()
      }
      #expect(lab.auditEvents("grant").compactMap { $0["key"] as? String } == hashes.map { "mac-" + $0 })
    }

    /// Keys in base64, and an old client's, which a door has to admit in words.
    @Test func keysOfOtherForms() throws {
      let (lab, client) = try lab(
        """
        [doors.old]
        table = "inet postern"
        ports = ["tcp/22"]
        weakest = "keyed"
        allow-weak = "ALLOW"
        [users.dave]
        doors = ["old"]
        \(Self.rate)
        [users.erin]
        doors = ["ssh"]
        \(Self.rate)
        """.replacing("ALLOW", with: Self.weakWords))
      defer { lab.down() }
      let old = FwknopClient(lab: lab, key: "short", hmac: nil, user: "dave")
      let weak = FwknopClient(lab: lab, key: "another", hmac: nil, user: "erin")
      try lab.edit("postern.toml") { text in
        text + "\n" + old.section("old", "mode = \"legacy\"") + "\n" + weak.section("weak") + """

          [users.carol.keys.binary]
          protocol = "fwknop"
          key-base64 = "binary.key"
          hmac-base64 = "binary.hmac"
          """
      }
      let (key, hmac) = (Data([0, 255] + Array(repeating: 7, count: 30)), Data((0..<64).map { UInt8($0) }))
      try lab.writeSecret("binary.key", key.base64EncodedString() + "\n")
      try lab.writeSecret("binary.hmac", hmac.base64EncodedString() + "\n")
      try old.writeSecrets("old")
      try weak.writeSecrets("weak")
      lab.stop()
      try lab.start(newGateway: false)
      try old.knock(["-A", "tcp/22", "-a", lab.clientV4, "-M", "legacy"])
      expectOpen(lab, lab.clientV4, "\(lab.status()?.refused ?? [])")
      try lab.shut()
      try weak.knock(["-A", "tcp/22", "-a", lab.clientV4])
      #expect(Shell.wait { lab.status()?.refused(.protocolTooWeak) == 1 }, "\(lab.status()?.refused ?? [])")
      let words = ["--key-base64-rijndael", key.base64EncodedString(), "--key-base64-hmac", hmac.base64EncodedString()]
      try Shell.must(
        lab.at(
          lab.client,
          ["env", "HOME=" + lab.directory, FwknopClient.path, "--no-rc-file", "--no-save-args", "-D", lab.gatewayV4] + words
            + ["-A", "tcp/22", "-a", lab.clientV4]))
      expectOpen(lab, lab.clientV4, "base64")
      #expect(lab.auditEvents("grant").compactMap { $0["key"] as? String } == ["old", "binary"])
      withExtendedLifetime(client) {}
    }

    private static let weakWords = "an observer can repeat these knocks"

    /// Who lacks a secret is a stranger; who has both and another name is not.
    @Test func others() throws {
      let (lab, client) = try lab(key: "require-user = \"carol\"\nrequire-address = true\nfrom = [\"10.77.0.2/32\"]")
      defer { lab.down() }
      let ask = ["-A", "tcp/22", "-a", lab.clientV4]
      var other = client
      other.key = "another passphrase"
      try other.knock(ask)
      #expect(Shell.wait { lab.status()?.refused(.malformedPayload) == 1 })
      other = client
      other.hmac = "another code"
      try other.knock(ask)
      try client.knock(ask + ["-P", "udpraw", "-Q", "10.77.0.3"])
      try client.knock(ask + ["--hmac-digest-type", "sha512"])
      #expect(Shell.wait { lab.status()?.refused(.wrongTag) == 3 }, "\(lab.status()?.refused ?? [])")
      other = client
      other.user = "mallory"
      try other.knock(ask)
      #expect(Shell.wait { lab.status()?.refused(.userMismatch) == 1 }, "\(lab.status()?.refused ?? [])")
      try client.knock(["-A", "tcp/22", "-s"])
      #expect(Shell.wait { lab.status()?.refused(.addressModeNotPermitted) == 1 }, "\(lab.status()?.refused ?? [])")
      try client.knock(ask + ["--time-offset-minus", "5m"])
      try client.knock(ask + ["--time-offset-plus", "5m"])
      #expect(Shell.wait { lab.status()?.refused(.stale) == 1 && lab.status()?.refused(.future) == 1 })
      #expect(lab.auditEvents("grant").isEmpty)
      try client.knock(ask)
      expectOpen(lab, lab.clientV4, "the right one")
    }

    // MARK: Messages

    @Test func everyServiceNeedsADoor() throws {
      let (lab, client) = try lab()
      defer { lab.down() }
      try client.knock(["-A", "tcp/22,udp/443,tcp/443", "-a", lab.clientV4])
      #expect(doors(lab, 2).sorted() == ["ssh", "web"])
      let listed = try lab.list("door4")
      for service in ["tcp . 22", "tcp . 443", "udp . 443"] {
        #expect(listed.contains("10.77.0.2 . \(service) timeout"), "\(listed)")
      }
      try lab.shut()
      try client.knock(["-A", "tcp/22,tcp/25", "-a", lab.clientV4])
      #expect(Shell.wait { lab.status()?.refused(.serviceNotServed) == 1 })
      #expect(try lab.elements("door4").isEmpty, "all or nothing")
    }

    @Test func theClientsTimeoutIsCutByTheDoor() throws {
      let (lab, client) = try lab()
      defer { lab.down() }
      for (wish, lease) in [("0", 20), ("7", 7), ("65000", 40)] {
        try client.knock(["-A", "tcp/443", "-a", lab.clientV4, "-f", wish])
        expectOpen(lab, lab.clientV4, "\(wish)")
        #expect(try lab.elements("door4").allSatisfy { $0.timeout == lease })
        try lab.shut()
      }
    }

    /// Only where the door leads, whatever the client would like.
    @Test func translationGoesWhereTheDoorLeads() throws {
      var rules = Lab.Options.nearLine
      rules.extra += "\n[users.frank]\ndoors = [\"ssh\", \"archive\", \"shell\"]\n\(Self.rate)\n"
      let (lab, _) = try lab(rules: rules)
      defer { lab.down() }
      let frank = FwknopClient(lab: lab, user: "frank")
      try lab.edit("postern.toml") { text in
        text.replacing("[users.carol.keys.fwknop]", with: "[users.frank.keys.fwknop]")
      }
      lab.stop()
      try lab.start(newGateway: false)
      let ask = ["-a", lab.clientV4]
      try frank.knock(["-A", "tcp/2222", "-N", "10.78.0.10:22"] + ask)
      #expect(doors(lab, 1) == ["archive"], "\(lab.status()?.refused ?? [])")
      #expect(try Shell.must(lab.nft(["list", "map", "inet", "filter", "hosts4"])).contains("10.77.0.2 . tcp . 2222 timeout"))
      try frank.knock(["-A", "tcp/2222", "-N", "10.78.0.10:22", "-f", "2"] + ask)
      #expect(doors(lab, 2) == ["archive", "archive"])
      try frank.knock(["-A", "tcp/22", "--nat-local", "--nat-port", "443"] + ask)
      #expect(doors(lab, 3).last == "shell", "\(lab.status()?.refused ?? [])")
      #expect(try Shell.must(lab.nft(["list", "map", "inet", "filter", "ports4"])).contains("10.77.0.2 . tcp . 443 timeout"))
      // Another host, another port of it, a door that is another user's, a name.
      for target in ["10.78.0.11:22", "10.78.0.10:80", "10.78.0.10:23", "archive.example:22"] {
        try frank.knock(["-A", "tcp/2222", "-N", target] + ask)
      }
      #expect(Shell.wait { lab.status()?.refused(.serviceNotServed) == 4 }, "\(lab.status()?.refused ?? [])")
      #expect(doors(lab, 3).count == 3)
    }

    /// A command that is no named action is nothing at all.
    @Test func commandsAreNoCommands() throws {
      let (lab, client) = try lab()
      defer { lab.down() }
      let mark = lab.directory + "/mark"
      try client.knock(["-C", "touch \(mark)", "-a", lab.clientV4])
      #expect(Shell.wait { lab.status()?.refused(.unknownAction) == 1 }, "\(lab.status()?.refused ?? [])")
      #expect(!FileManager.default.fileExists(atPath: mark))
      #expect(try lab.elements("door4").isEmpty)
    }

    /// The text of an action, which one of its users may start; the program gets words of the configuration alone.
    @Test func aCommandThatIsAnActionRunsIt() throws {
      let (lab, client) = try lab(
        """
        [actions.backup]
        run = ["/bin/echo", "{event}", "{user}", "{source}"]
        aliases = ["/root/backup.sh now"]
        \(Lab.stranger.line)
        [actions.others]
        run = ["/bin/echo"]
        \(Lab.stranger.line)
        """)
      defer { lab.down() }
      lab.stop()
      try lab.edit("postern.toml") { $0.replacing("[users.carol]\n", with: "[users.carol]\nactions = [\"backup\"]\n") }
      try lab.start(newGateway: false)
      for (count, command) in ["/root/backup.sh now", "backup"].enumerated() {
        try client.knock(["-C", command, "-a", lab.clientV4])
        #expect(Shell.wait { lab.actions("backup").count == count + 1 }, "\(command): \(lab.status()?.refused ?? [])")
      }
      #expect(lab.actions("backup").allSatisfy { $0["output"] as? String == "knock carol \(lab.clientV4)\n" })
      try client.knock(["-C", "others", "-a", lab.clientV4])
      try client.knock(["-C", "/root/backup.sh now; id", "-a", lab.clientV4])
      #expect(Shell.wait { lab.status()?.refused(.actionNotPermitted) == 1 && lab.status()?.refused(.unknownAction) == 1 })
      #expect(lab.actions("backup").count == 2 && lab.actions("others").isEmpty)
    }

    // MARK: Replays

    /// Everything that fwknop's own server takes for another packet, and what it forgets when it starts anew.
    @Test(arguments: [true, false]) func replays(_ hasCode: Bool) throws {
      let (lab, client) = try lab(
        """
        [doors.old]
        table = "inet postern"
        ports = ["tcp/22"]
        packet-source = true
        weakest = "keyed"
        allow-weak = "\(Self.weakWords)"
        [users.dave]
        doors = ["old"]
        packet-source = true
        \(Self.rate)
        """)
      defer { lab.down() }
      let sender = hasCode ? client : FwknopClient(lab: lab, key: "only one", hmac: nil, user: "dave")
      if !hasCode {
        try lab.edit("postern.toml") { $0 + "\n" + sender.section("old") }
        try sender.writeSecrets("old")
        lab.stop()
        try lab.start(newGateway: false)
      }
      let text = try sender.text(["-A", "tcp/22", "-s"])
      try lab.sender().send(text)
      expectOpen(lab, lab.clientV4, "\(lab.status()?.refused ?? [])")
      try lab.shut()
      try lab.sender().send(text)
      try lab.sender(from: "10.77.0.3").send(text)
      try lab.sender(from: lab.clientV6).send(text)
      #expect(Shell.wait { lab.status()?.refused(.duplicate) == 3 }, "\(lab.status()?.refused ?? [])")
      let others = [
        text + Array("=".utf8), text + Array("=AAAA".utf8), Self.withSpareBits(text), Array("U2FsdGVkX1".utf8) + text,
      ]
      for other in others { try lab.sender().send(other) }
      #expect(Shell.wait { lab.status()?.refused(.wrongTag) == others.count }, "\(lab.status()?.refused ?? [])")
      lab.stop()
      try lab.start(newGateway: false)
      let replays: [(String?, [UInt8])] = [(nil, text), ("10.77.0.3", text), (lab.clientV6, text)]
      for (source, text) in replays { try lab.sender(from: source).send(text) }
      // The copies of a refused copy cost nothing.
      #expect(Shell.wait { lab.status()?.refused(.replay) == 1 && lab.status()?.refused(.duplicate) == 2 })
      for other in others { try lab.sender().send(other) }
      #expect(Shell.wait { lab.status()?.refused(.wrongTag) == others.count })
      #expect(try lab.elements("door4").isEmpty && lab.elements("door6").isEmpty)
      #expect(lab.auditEvents("grant").count == 1)
    }

    /// The text with other bits where its last character stands for less than six.
    private static func withSpareBits(_ text: [UInt8]) -> [UInt8] {
      guard let last = text.last, let value = UnpaddedBase64.value(last) else { return text }
      return text.dropLast() + [alphabet[Int(value ^ 1)]]
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    // MARK: What is not served

    @Test func gpgIsRecognised() throws {
      let (lab, _) = try lab()
      defer { lab.down() }
      let path = Lab.root + "/Tests/PosternProtocolsTests/Vectors/fwknop/gpg.json"
      let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any]
      let packets = (object?["vectors"] as? [[String: Any]] ?? []).compactMap { $0["packet"] as? String }
      #expect(packets.count == 3)
      for packet in packets { try lab.sender().send(Array(packet.utf8)) }
      #expect(Shell.wait { lab.status()?.refused(.unsupported) == 3 }, "\(lab.status()?.refused ?? [])")
      #expect(lab.audit().allSatisfy { $0["event"] as? String != "refusal" }, "strangers are counted, not written down")
    }
  }
}
