// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternWire
import Testing

extension SystemSuite {
  /// `postern` opens the gateway's door by every protocol that both speak.
  @Suite struct ClientProtocolsTests {
    private static let script = """
      keypkt { ip { daddr = any; icmp { type = 8; data = "backup"; } } }
      keypkt { ip { daddr = any; udp { dport = 2053; } } }
      cmdpkt { ip { daddr = any; udp { dport = 2054; } } }
      """

    private static let keys = """
      [doors.weak]
      table = "inet postern"
      ports = ["tcp/22"]
      lease = "30s"
      packet-source = true
      weakest = "plain"
      allow-weak = "an observer can repeat these knocks"
      [users.bob]
      doors = ["weak"]
      packet-source = true
      key-refill = "1m"
      key-burst = 10
      [users.bob.keys.knockd]
      protocol = "knockd"
      sequence = ["tcp/7000", "udp/8000", "tcp/9000"]
      [users.bob.keys.shut]
      protocol = "knockd"
      sequence = ["tcp/9000", "udp/8000", "tcp/7000"]
      does = "close"
      [users.bob.keys.cd00r]
      protocol = "cd00r"
      sequence = ["tcp/200", "tcp/80", "tcp/53", "tcp/3"]
      [users.bob.keys.header]
      protocol = "header"
      sequence = 17
      opens = "strip10"
      [users.bob.keys.echo]
      protocol = "header"
      carrier = "icmp"
      ttl = 255
      icmp-id = 4711
      icmp-sequence = 17
      [users.bob.keys.doorman]
      protocol = "doorman"
      group = "foo"
      secret = "text"
      ports = [22]
      [users.bob.keys.tumbler]
      protocol = "tumbler"
      secret = "text"
      [users.bob.keys.syn]
      protocol = "syn"
      secret = "syn.key"
      [users.bob.keys.ports]
      protocol = "ports"
      secret = "ports.key"
      [users.bob.keys.eight]
      protocol = "ports"
      form = "legacy-8"
      secret = "text"
      [users.bob.keys.rolling]
      protocol = "rolling"
      secret = "rolling.key"
      [users.bob.keys.sadoor]
      protocol = "sadoor"
      secret = "sadoor.key"
      packets = '''
      SCRIPT
      '''
      [users.bob.keys.pasmal]
      protocol = "pasmal"
      opener = ["tcp/7000", "udp/7001"]
      screen = "pasmal-screen.key"
      [users.bob.keys.fwknop]
      protocol = "fwknop"
      key = "text"
      hmac = "code"
      """

    private static let rules = ["sequences", "header-trigger", "doorman", "tumbler", "syn", "port-sequences", "pasmal", "fwknop"]

    private final class Place {
      let lab: Lab

      init() throws {
        var options = Lab.Options()
        options.rules += rules.map { "examples/\($0).nft" }
        options.extra = keys.replacingOccurrences(of: "SCRIPT", with: script)
        lab = try Lab(options)
        do {
          for name in ["syn", "ports", "rolling", "sadoor", "pasmal-screen"] {
            let seed = UInt8(name.utf8.count) &* 37
            try write("\(name).key", Base64.encode((0..<32).map { seed &+ UInt8($0) }))
          }
          try write("text", "opensesame")
          try write("code", "another secret")
          try write("script", script)
          try lab.start()
        } catch {
          lab.down()
          throw error
        }
      }

      deinit { lab.down() }

      private func write(_ name: String, _ text: String) throws {
        let made = FileManager.default.createFile(
          atPath: lab.directory + "/" + name, contents: Data((text + "\n").utf8), attributes: [.posixPermissions: 0o600])
        guard made else { throw Shell.Failure(description: "cannot write \(name)") }
      }

      /// `FILE:` stands for a file of the lab.
      func postern(_ words: [String], under: [String] = []) throws -> Shell.Result {
        let words = words.map { $0.replacingOccurrences(of: "FILE:", with: "file:\(lab.directory)/") }
        return try Shell.run(
          lab.at(lab.client, ["env", "HOME=" + lab.directory] + under + ["\(Lab.binaries)/postern"] + words))
      }

      func knock(_ knockProtocol: String, _ words: [String]) throws {
        let run = try postern(["knock", "--protocol", knockProtocol] + words)
        #expect(run.status == 0, "\(knockProtocol) \(words): \(run.errors)")
        for secret in ["opensesame", "another secret"] { #expect(!run.errors.contains(secret) && !run.output.contains(secret)) }
      }

      func opens(_ address: String) -> Bool { Shell.wait(seconds: 3) { (try? lab.isOpen(address)) == true } }

      var refused: String { "\(lab.status()?.refused ?? []) \(lab.auditEvents("refusal"))" }
    }

    private static let knocks: [(knockProtocol: String, words: [String], key: String, overIPv6: Bool)] = [
      ("knockd", ["-d", "10", "GATEWAY", "7000", "8000:udp", "9000"], "knockd", true),
      ("cd00r", ["GATEWAY", "200", "80", "53", "3"], "cd00r", true),
      ("header", ["--sequence", "17", "--opens", "strip10", "GATEWAY", "22"], "header", true),
      (
        "header", ["--carrier", "icmp", "--ttl", "255", "--icmp-id", "4711", "--icmp-sequence", "17", "GATEWAY"], "echo", true
      ),
      ("doorman", ["--group", "foo", "--secret", "FILE:text", "GATEWAY", "22"], "doorman", true),
      ("tumbler", ["--secret", "FILE:text", "GATEWAY"], "tumbler", true),
      ("syn", ["--secret", "FILE:syn.key", "GATEWAY", "22"], "syn", true),
      ("ports", ["--secret", "FILE:ports.key", "GATEWAY"], "ports", true),
      ("ports", ["--form", "legacy-8", "--secret", "FILE:text", "GATEWAY", "tcp/22"], "eight", false),
      ("rolling", ["--secret", "FILE:rolling.key", "GATEWAY"], "rolling", true),
      // Its descriptions are of IPv4: ICMP type 8 is no echo request over IPv6.
      ("sadoor", ["--secret", "FILE:sadoor.key", "--packets", "FILE:script", "GATEWAY"], "sadoor", false),
      ("pasmal", ["--opener", "tcp/7000,udp/7001", "--screen", "FILE:pasmal-screen.key", "GATEWAY"], "pasmal", true),
      (
        "fwknop", ["-A", "tcp/22", "--key-rijndael", "FILE:text", "--key-hmac", "FILE:code", "GATEWAY"], "fwknop", true
      ),
      (
        "fwknop", ["-P", "tcpraw", "-A", "tcp/22", "--key-rijndael", "FILE:text", "--key-hmac", "FILE:code", "GATEWAY"], "fwknop",
        true
      ),
      (
        "fwknop",
        ["-P", "icmp", "--icmp-type", "8", "-A", "tcp/22", "--key-rijndael", "FILE:text", "--key-hmac", "FILE:code", "GATEWAY"],
        "fwknop", false
      ),
    ]

    @Test func everyProtocolOpensTheDoor() throws {
      let place = try Place()
      for (gateway, client) in [(place.lab.gatewayV4, place.lab.clientV4), ("fd77::1", place.lab.clientV6)] {
        for knock in Self.knocks where knock.overIPv6 || !gateway.contains(":") {
          try place.knock(knock.knockProtocol, knock.words.map { $0 == "GATEWAY" ? gateway : $0 })
          #expect(place.opens(client), "\(knock.key) at \(gateway): \(place.refused)")
          // The audit is written behind the sets.
          #expect(
            Shell.wait { place.lab.auditEvents("grant").last?["key"] as? String == knock.key }, "\(knock.key) at \(gateway)")
          try place.lab.shut()
        }
      }
    }

    @Test func profilesOpenCloseAndConnect() throws {
      let place = try Place()
      let profiles = place.lab.directory + "/.config/postern/profiles"
      try FileManager.default.createDirectory(atPath: profiles, withIntermediateDirectories: true)
      let texts = [
        "gw": "protocol = knockd\ngateway = 10.77.0.1\nsequence = 7000 8000:udp 9000\nclose-sequence = 9000 8000:udp 7000\n",
        "10.77.0.1": "protocol = ports\nsecret = file:../../../ports.key\n",
      ]
      for (name, text) in texts { try text.write(toFile: "\(profiles)/\(name)", atomically: true, encoding: .utf8) }
      #expect(try place.postern(["knock", "gw"]).status == 0)
      #expect(place.opens(place.lab.clientV4))
      #expect(try place.postern(["knock", "gw", "--close"]).status == 0)
      #expect(Shell.wait { (try? place.lab.isOpen(place.lab.clientV4)) == false })
      let refused = try place.postern(["knock", "gw", "--lease", "5m"])
      #expect(refused.status == 64 && refused.errors.contains("is for knockd, which has no such options"))
      let listener = try Listener(in: place.lab.gateway, 22)
      #expect(!place.lab.connects())
      // The other end says nothing and stays: the relay would, too.
      let run = try place.postern(["connect", "--verbose", "10.77.0.1", "22"], under: ["timeout", "-s", "KILL", "3"])
      withExtendedLifetime(listener) { #expect(run.errors.contains("connected"), "\(run.errors)") }
    }

    private static let powerless = [
      "setpriv", "--bounding-set=-net_raw,-net_bind_service", "--inh-caps=-net_raw,-net_bind_service", "--",
    ]

    private static let lacking: [(knockProtocol: String, words: [String], right: String)] = [
      (
        "header", ["--sequence", "17", "--port", "1022", "GATEWAY"], "a TCP segment with chosen fields or data needs CAP_NET_RAW"
      ),
      ("header", ["--carrier", "icmp", "--icmp-id", "4711", "GATEWAY"], "an ICMP message with chosen fields needs CAP_NET_RAW"),
      ("header", ["--carrier", "udp", "--identification", "9", "--port", "53", "GATEWAY"], "source needs CAP_NET_RAW"),
      ("header", ["--carrier", "udp", "--source-port", "53", "--port", "53", "GATEWAY"], "needs CAP_NET_BIND_SERVICE"),
      ("knockd", ["GATEWAY", "7000", "echo"], "needs CAP_NET_RAW or a group within net.ipv4.ping_group_range"),
      ("syn", ["--secret", "FILE:syn.key", "GATEWAY", "22"], "needs CAP_NET_RAW"),
      ("ports", ["--order", "seq", "--secret", "FILE:ports.key", "GATEWAY"], "needs CAP_NET_RAW"),
      ("sadoor", ["--secret", "FILE:sadoor.key", "--packets", "FILE:script", "GATEWAY"], "CAP_NET_RAW"),
      (
        "fwknop", ["-P", "tcpraw", "-A", "tcp/22", "--key-rijndael", "FILE:text", "--key-hmac", "FILE:code", "GATEWAY"],
        "needs CAP_NET_RAW"
      ),
    ]

    /// Nothing of a knock leaves that could not leave whole; what needs no right goes.
    @Test func withoutARightTheClientSaysWhich() throws {
      let place = try Place()
      for row in Self.lacking {
        for gateway in [place.lab.gatewayV4, "fd77::1"] where !(gateway.contains(":") && row.words.contains("--identification")) {
          let words = ["knock", "--protocol", row.knockProtocol] + row.words.map { $0 == "GATEWAY" ? gateway : $0 }
          let run = try place.postern(words, under: Self.powerless)
          #expect(run.status == 77 && run.errors.contains(row.right), "\(words): \(run.status) \(run.errors)")
          #expect(!run.errors.contains("knocked"))
        }
      }
      let plain = ["knock", "--protocol", "knockd", "-d", "10", place.lab.gatewayV4, "7000", "8000:udp", "9000"]
      #expect(try place.postern(plain, under: Self.powerless).status == 0)
      #expect(place.opens(place.lab.clientV4), "\(place.refused)")
    }
  }
}
