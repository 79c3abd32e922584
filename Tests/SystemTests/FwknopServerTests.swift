// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension SystemSuite {
  /// `postern` speaks to Debian's fwknopd, which writes iptables rules into the gateway's namespace.
  @Suite(.enabled(if: ForeignServer.obstacle("fwknopd") == nil, Comment(rawValue: ForeignServer.obstacle("fwknopd") ?? "")))
  struct FwknopServerTests {
    /// A stanza of the server and of the client's rc file; all have other keys.
    private struct Stanza: Sendable {
      var name: String
      var server: String
      var client: String
    }

    private static let stanzas: [Stanza] =
      ["md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_512"].map { hash in
        Stanza(
          name: hash,
          server: "KEY passphrase-\(hash)\nHMAC_KEY code-\(hash)\nHMAC_DIGEST_TYPE \(hash)\nOPEN_PORTS tcp/22,udp/53,tcp/2222",
          client: "KEY passphrase-\(hash)\nHMAC_KEY code-\(hash)\nHMAC_DIGEST_TYPE \(hash.uppercased())\nDIGEST_TYPE \(hash)")
      } + [
        Stanza(name: "bare", server: "KEY without-a-code", client: "KEY without-a-code"),
        Stanza(name: "old", server: "KEY short\nENCRYPTION_MODE legacy", client: "KEY short\nENCRYPTION_MODE legacy"),
        Stanza(
          name: "binary", server: "KEY_BASE64 AAECAwQFBgcICQ==\nHMAC_KEY_BASE64 /wD/AP8A/wD/AA==\nENABLE_CMD_EXEC Y",
          client: "KEY_BASE64 AAECAwQFBgcICQ==\nHMAC_KEY_BASE64 /wD/AP8A/wD/AA=="),
      ]

    private final class Host {
      let lab: Lab
      private let server: ForeignServer
      private let listener: Listener

      init() throws {
        lab = try Lab(.init(rules: []))
        let directory = lab.directory
        try Self.write(
          "access.conf", stanzas.map { "SOURCE ANY\n\($0.server)\nMAX_FW_TIMEOUT 600\n" }.joined(separator: "\n"), directory)
        try Self.write(
          "fwknopd.conf",
          """
          PCAP_INTF gate0;
          ENABLE_PCAP_PROMISC N;
          PCAP_FILTER udp port 62201 or udp portrange 10000-65535 or tcp port 62201 or tcp port 80 or icmp;
          ENABLE_TCP_SERVER Y;
          ENABLE_SPA_OVER_HTTP Y;
          ENABLE_IPT_FORWARDING Y;
          ENABLE_IPT_LOCAL_NAT Y;
          FWKNOP_RUN_DIR \(directory)/run;
          DIGEST_FILE \(directory)/run/digest;
          FWKNOP_PID_FILE \(directory)/run/pid;
          """, directory)
        try FileManager.default.createDirectory(atPath: directory + "/run", withIntermediateDirectories: true)
        let rc = "[default]\nSPA_SERVER 10.77.0.1\n" + stanzas.map { "[\($0.name)]\nACCESS tcp/22\n\($0.client)\n" }.joined()
        try Self.write(".fwknoprc", rc, directory)
        // What a web server would be: requests need somebody to connect to.
        listener = try Listener(in: lab.gateway, 80)
        server = try ForeignServer(
          ["fwknopd", "-f", "-c", directory + "/fwknopd.conf", "-a", directory + "/access.conf"], in: lab, log: "fwknopd.out")
        guard
          Shell.wait(seconds: 10, { [server] in server.log.contains("Starting fwknopd main event loop") || !server.isRunning }),
          server.isRunning
        else { throw Shell.Failure(description: "fwknopd did not start: \(server.log)") }
      }

      private static func write(_ name: String, _ text: String, _ directory: String) throws {
        let made = FileManager.default.createFile(
          atPath: directory + "/" + name, contents: Data((text + "\n").utf8), attributes: [.posixPermissions: 0o600])
        guard made else { throw Shell.Failure(description: "cannot write \(name)") }
      }

      func down() {
        server.end()
        lab.down()
      }

      var log: String { server.log }

      func file(_ name: String, _ text: String) throws -> String {
        try Self.write(name, text, lab.directory)
        return lab.directory + "/" + name
      }

      func rules(_ words: [String] = ["-S", "FWKNOP_INPUT"]) throws -> String {
        try Shell.run(lab.at(lab.gateway, ["iptables"] + words)).output
      }

      /// Knocks by the stanza, and waits for a rule with this text; the rules are gone afterwards.
      func opens(_ words: [String], _ rule: String, chain: String = "FWKNOP_INPUT", table: String = "filter") throws -> Bool {
        let run = try postern(["knock", "--protocol", "fwknop"] + words)
        #expect(run.status == 0, "\(words): \(run.errors)")
        defer { _ = try? rules(["-t", table, "-F", chain]) }
        return try Shell.wait(seconds: 4) { try rules(["-t", table, "-S", chain]).contains(rule) }
      }

      func postern(_ words: [String], under: [String] = []) throws -> Shell.Result {
        try Shell.run(lab.at(lab.client, ["env", "HOME=" + lab.directory] + under + ["\(Lab.binaries)/postern"] + words))
      }
    }

    private static let ssh = "-s 10.77.0.2/32 -p tcp -m tcp --dport 22 "

    private static let cases: [(words: [String], rule: String)] =
      stanzas.map { (["-n", $0.name], ssh) } + [
        (["sha256", "-P", "udp", "-S", "40000"], ssh), (["sha256", "-r"], ssh), (["sha256", "-P", "udpraw"], ssh),
        (["sha256", "-P", "tcp"], ssh), (["sha512", "-P", "tcpraw"], ssh), (["sha256", "-P", "http"], ssh),
        (["sha256", "-P", "http", "-u", "Fwknop/other"], ssh), (["sha256", "-P", "icmp"], ssh),
        (["sha256", "-P", "icmp", "--icmp-type", "8"], ssh),
        (["sha256", "-P", "icmp", "--icmp-type", "13", "--icmp-code", "1"], ssh),
        (["sha256", "-s"], ssh), (["sha256", "-a", "192.0.2.9"], "-s 192.0.2.9/32 -p tcp -m tcp --dport 22 "),
        (["sha256", "-P", "udpraw", "-Q", "10.77.0.3", "-s"], "-s 10.77.0.3/32 -p tcp -m tcp --dport 22 "),
        (["sha256", "-A", "tcp/22,udp/53"], "-s 10.77.0.2/32 -p udp -m udp --dport 53 "),
        (["sha256", "-f", "77"], ssh), (["sha256", "--time-offset-minus", "100", "-U", "some.body"], ssh),
        (["sha256", "-m", "sha512"], ssh),
      ]

    /// Every HMAC, mode, digest and carrier.
    @Test func rulesAppear() throws {
      let host = try Host()
      defer { host.down() }
      for (words, rule) in Self.cases {
        #expect(try host.opens(words, rule), "\(words): \(host.log.suffix(600))")
      }
      #expect(host.log.contains("tcp/22, expires"), "\(host.log)")
    }

    @Test func flowsAreLedElsewhere() throws {
      let host = try Host()
      defer { host.down() }
      let local = ["-n", "sha256", "--nat-local", "--nat-port", "2222"]
      #expect(
        try host.opens(local, "--dport 2222 ", chain: "FWKNOP_PREROUTING", table: "nat"), "\(host.log.suffix(600))")
      let inner = ["-n", "sha256", "-N", "10.78.0.10:80"]
      #expect(
        try host.opens(inner, "--to-destination 10.78.0.10:80", chain: "FWKNOP_PREROUTING", table: "nat"),
        "\(host.log.suffix(600))")
    }

    @Test func aCommandRuns() throws {
      let host = try Host()
      defer { host.down() }
      let path = host.lab.directory + "/ran"
      let run = try host.postern(["knock", "--protocol", "fwknop", "-n", "binary", "-C", "touch \(path)"])
      #expect(run.status == 0, "\(run.errors)")
      #expect(Shell.wait { FileManager.default.fileExists(atPath: path) }, "\(host.log.suffix(600))")
    }

    /// Keys in files of their own, without any rc file; the wrong key opens nothing.
    @Test func keysInFiles() throws {
      let host = try Host()
      defer { host.down() }
      let right = try host.file("right.key", "passphrase-sha256")
      let code = try host.file("code.key", "code-sha256")
      let wrong = try host.file("wrong.key", "another-code")
      let nothing = try host.file("nothing.rc", "")
      let words = ["--rc-file", nothing, "-A", "tcp/22", "--key-rijndael", "file:\(right)", "10.77.0.1"]
      #expect(try host.opens(["--key-hmac", "file:\(code)"] + words, Self.ssh), "\(host.log.suffix(600))")
      #expect(try host.postern(["knock", "--protocol", "fwknop", "--key-hmac", "file:\(wrong)"] + words).status == 0)
      usleep(500_000)
      #expect(try !host.rules().contains("dport"), "the wrong code opened: \(host.log.suffix(600))")
    }

    /// `postern connect` by a profile that names a stanza, through a firewall that drops what fwknopd does not accept.
    @Test func connectKnocksAndGetsThrough() throws {
      let host = try Host()
      defer { host.down() }
      for rule in ["-P INPUT DROP", "-A INPUT -m state --state ESTABLISHED -j ACCEPT"] {
        try Shell.must(host.lab.at(host.lab.gateway, ["iptables"] + rule.split(separator: " ").map(String.init)))
      }
      let ssh = try Listener(in: host.lab.gateway, 22)
      defer { withExtendedLifetime(ssh) {} }
      let profiles = host.lab.directory + "/.config/postern/profiles"
      try FileManager.default.createDirectory(atPath: profiles, withIntermediateDirectories: true)
      try "protocol = fwknop\nnamed-config = sha512\n".write(toFile: profiles + "/10.77.0.1", atomically: true, encoding: .utf8)
      #expect(!host.lab.connects())
      // Nobody ends the stream at the other end.
      let run = try host.postern(
        ["connect", "--verbose", "--timeout", "8", "10.77.0.1", "22"], under: ["timeout", "-s", "KILL", "10"])
      #expect(run.errors.contains("connected"), "\(run.errors) \(host.log.suffix(600))")
    }
  }
}
