// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension SystemSuite {
  /// `postern` knocks at Debian's knockd, whose doors write into a file.
  @Suite(.enabled(if: ForeignServer.obstacle("knockd") == nil, Comment(rawValue: ForeignServer.obstacle("knockd") ?? "")))
  struct KnockdServerTests {
    private static let doors = """
      [options]
        logfile = PLACE/knockd.log
      [tcp]
        sequence = 7000,8000,9000
        seq_timeout = 5
        tcpflags = syn
        command = echo tcp %IP% >> PLACE/opened
      [shut]
        sequence = 9000,8000,7000
        seq_timeout = 5
        tcpflags = syn
        command = echo shut %IP% >> PLACE/opened
      [mixed]
        sequence = 7100:udp,8100,9100:udp
        seq_timeout = 5
        tcpflags = syn
        command = echo mixed %IP% >> PLACE/opened
      [datagrams]
        sequence = 7200:udp,8200:udp
        seq_timeout = 5
        command = echo datagrams %IP% >> PLACE/opened

      """

    private struct Host {
      let lab: Lab
      let server: ForeignServer
      var opened: String { (try? String(contentsOfFile: lab.directory + "/opened", encoding: .utf8)) ?? "" }

      init() throws {
        lab = try Lab(.init(rules: []))
        let path = lab.directory + "/knockd.conf"
        try doors.replacingOccurrences(of: "PLACE", with: lab.directory).write(toFile: path, atomically: true, encoding: .utf8)
        server = try ForeignServer(["knockd", "-i", "gate0", "-c", path, "-v"], in: lab, log: "knockd.out")
        let (server, directory) = (server, lab.directory)
        let isReady = Shell.wait {
          ((try? String(contentsOfFile: directory + "/knockd.log", encoding: .utf8)) ?? "").contains("listening")
            || server.log.contains("listening on")
        }
        guard isReady else { throw Shell.Failure(description: "knockd did not start: \(server.log)") }
      }

      func down() {
        server.end()
        lab.down()
      }

      /// What the client's `postern` does; its home is the lab's directory.
      func postern(_ words: [String]) throws -> Shell.Result {
        try Shell.run(lab.at(lab.client, ["env", "HOME=" + lab.directory, "\(Lab.binaries)/postern"] + words))
      }
    }

    private static let knocks: [(words: [String], door: String)] = [
      (["10.77.0.1", "7000", "8000", "9000"], "tcp"),
      (["-d", "50", "10.77.0.1", "7000", "8000", "9000"], "tcp"),
      (["10.77.0.1", "7100:udp", "8100:tcp", "9100:udp"], "mixed"),
      (["-u", "10.77.0.1", "7200", "8200"], "datagrams"),
      (["-4", "-u", "-d", "10ms", "10.77.0.1", "7200", "8200"], "datagrams"),
      (["fd77::1", "7000", "8000", "9000"], "tcp"),
      (["-6", "fd77::1", "7100:udp", "8100", "9100:udp"], "mixed"),
    ]

    @Test func doorsOpen() throws {
      let host = try Host()
      defer { host.down() }
      var expected = ""
      for (words, door) in Self.knocks {
        let run = try host.postern(["knock", "--protocol", "knockd"] + words)
        #expect(run.status == 0, "\(words): \(run.errors)")
        expected += "\(door) \(words.contains("fd77::1") ? "fd77::2" : "10.77.0.2")\n"
        #expect(Shell.wait { host.opened == expected }, "\(words): \(host.opened)")
      }
      let wrong = try host.postern(["knock", "--protocol", "knockd", "10.77.0.1", "7000", "9000", "8000"])
      #expect(wrong.status == 0)
      usleep(300_000)
      #expect(host.opened == expected, "another order opens nothing")
    }

    @Test func theProfileOpensAndCloses() throws {
      let host = try Host()
      defer { host.down() }
      let profiles = host.lab.directory + "/.config/postern/profiles"
      try FileManager.default.createDirectory(atPath: profiles, withIntermediateDirectories: true)
      try "protocol = knockd\ngateway = 10.77.0.1\nsequence = 7000 8000 9000\nclose-sequence = 9000 8000 7000\n"
        .write(toFile: profiles + "/gw", atomically: true, encoding: .utf8)
      #expect(try host.postern(["knock", "gw"]).status == 0)
      #expect(Shell.wait { host.opened == "tcp 10.77.0.2\n" }, "\(host.opened)")
      #expect(try host.postern(["knock", "gw", "--close"]).status == 0)
      #expect(Shell.wait { host.opened == "tcp 10.77.0.2\nshut 10.77.0.2\n" }, "\(host.opened)")
      #expect(try host.postern(["knock", "--protocol", "knockd", "gw", "7200:udp", "8200:udp"]).status == 0)
      #expect(Shell.wait { host.opened.hasSuffix("datagrams 10.77.0.2\n") }, "\(host.opened)")
    }
  }
}
