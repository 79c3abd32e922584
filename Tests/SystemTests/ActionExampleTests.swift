// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternKnock
import Testing

/// The actions of deploy/examples at work, with the places of a lab in place of the administrator's.
extension SystemSuite {
  @Suite struct ActionExampleTests {
    /// One action of the example file, in whose text these words are others.
    private static func example(_ name: String, _ changes: [(String, String)]) throws -> String {
      let text = try String(contentsOfFile: Lab.root + "/deploy/examples/actions.toml", encoding: .utf8)
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
      lines = lines.drop { $0 != "[actions.\(name)]" }
      let end = lines.dropFirst().firstIndex { $0.hasPrefix("[") || $0.hasPrefix("#") } ?? lines.endIndex
      var section = lines[..<end].joined(separator: "\n")
      for (old, new) in changes {
        guard section.contains(old) else { throw Shell.Failure(description: "no \(old) in the example \(name)") }
        section = section.replacingOccurrences(of: old, with: new)
      }
      return section
    }

    /// A stand-in for sendmail: what it is called with and what it reads go into a file.
    @Test func mail() throws {
      let lab = try Lab(
        door: "on-open = [\"mail\"]",
        actions: try Self.example("mail", [("\"/usr/sbin/sendmail\"", "\"PLACE/sendmail\"")]) + "\nNOBODY")
      defer { lab.down() }
      let program = lab.directory + "/sendmail"
      let text = "#!/bin/sh\nprintf '%s\\n' \"$@\" > \(lab.directory)/out/words\nexec cat > \(lab.directory)/out/message\n"
      guard FileManager.default.createFile(atPath: program, contents: Data(text.utf8), attributes: [.posixPermissions: 0o755])
      else { throw Shell.Failure(description: "cannot write \(program)") }
      try lab.start()
      try lab.sender().send(try lab.knock(lease: 30))
      #expect(Shell.wait { lab.actions("mail").count == 1 }, "\(lab.log)")
      #expect(lab.written("words") == ["-i", "-f", "postern@gw.example.org", "root@gw.example.org"])
      let lease = try #require(lab.auditEvents("grant").first?["lease"] as? String)
      let message = try String(contentsOfFile: lab.directory + "/out/message", encoding: .utf8)
      #expect(
        message
          == "Subject: alice opened ssh\n\nalice opened ssh with the key laptop from \(lab.clientV4), for 30 seconds (lease \(lease)).\n"
      )
    }

    /// The frame that wakes a machine arrives at the other end of the link.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/wakeonlan"), "no wakeonlan here"))
    func wakeOnLAN() throws {
      let lab = try Lab(
        door: "on-open = [\"wake\"]", actions: try Self.example("wake", [("10.0.0.255", "10.77.255.255")]) + "\nNOBODY")
      defer { lab.down() }
      let wire = unsafe support_capture_in("/run/netns/" + lab.client)
      #expect(wire >= 0)
      defer { close(wire) }
      try lab.start()
      try lab.sender().send(try lab.knock())
      let address: [UInt8] = [2, 0, 0, 0, 0, 1]
      let magic = [UInt8](repeating: 0xff, count: 6) + (0..<16).flatMap { _ in address }
      var frame = [UInt8](repeating: 0, count: 2048)
      let arrived = Shell.wait {
        let count = Int(unsafe support_capture_next(wire, &frame, frame.count))
        return count >= magic.count && Array(frame[..<count].suffix(magic.count)) == magic
      }
      #expect(arrived, "\(lab.audit())")
    }

    @Test func backup() throws {
      let lab = try Lab(
        door: "",
        actions: try Self.example(
          "backup", [("/var/backups/etc.tar", "PLACE/out/backup.tar"), ("\"/\", \"etc\"", "\"PLACE\", \"data\"")]))
      defer { lab.down() }
      try FileManager.default.createDirectory(atPath: lab.directory + "/data", withIntermediateDirectories: false)
      try "precious".write(toFile: lab.directory + "/data/file", atomically: true, encoding: .utf8)
      try lab.edit("postern.toml") {
        $0.replacingOccurrences(of: "[users.alice]\n", with: "[users.alice]\nactions = [\"backup\"]\n")
          .replacingOccurrences(of: "psk = \"laptop.psk\"", with: "psk = \"laptop.psk\"\ndoes = \"run\"\naction = \"backup\"")
      }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.actions("backup").count == 1 }, "\(lab.log)")
      #expect(lab.actions("backup").first?["status"] as? Int == 0, "\(lab.audit())")
      let kept = try Shell.must(["tar", "--extract", "--to-stdout", "--file", lab.directory + "/out/backup.tar", "data/file"])
      #expect(kept == "precious")
    }

    /// Whether systemd manages this host, and nothing is changed by asking.
    private static let systemdRuns = FileManager.default.fileExists(atPath: "/run/systemd/system")

    @Test(.enabled(if: systemdRuns, "systemd does not manage this host")) func aSystemdUnit() throws {
      let unit = "postern-test-\(getpid()).service"
      let change = [("lab-tunnel.service", unit)]
      let lab = try Lab(
        door: "on-open = [\"unit-up\"]\non-close = [\"unit-down\"]",
        actions: try Self.example("unit-up", change) + "\n" + Self.example("unit-down", change))
      defer { lab.down() }
      let file = "/run/systemd/system/\(unit)"
      defer {
        _ = try? Shell.run(["systemctl", "stop", unit])
        try? FileManager.default.removeItem(atPath: file)
      }
      try "[Service]\nExecStart=/bin/sleep 600\n".write(toFile: file, atomically: true, encoding: .utf8)
      func isActive() throws -> Bool { try Shell.run(["systemctl", "is-active", unit]).output == "active\n" }
      try lab.start()
      let sender = try lab.sender()
      sender.send(try lab.knock())
      #expect(try Shell.wait { try isActive() }, "\(lab.audit())")
      sender.send(try lab.knock(action: .close))
      #expect(try Shell.wait { try !isActive() })
    }

    @Test func theExampleIsAConfiguration() throws {
      let lab = try Lab()
      defer { lab.down() }
      try FileManager.default.createDirectory(atPath: lab.directory + "/conf.d", withIntermediateDirectories: false)
      try FileManager.default.copyItem(
        atPath: Lab.root + "/deploy/examples/actions.toml", toPath: lab.directory + "/conf.d/actions.toml")
      let result = try Shell.run(lab.at(lab.gateway, ["\(Lab.binaries)/posternd", "-t", "-c", lab.directory + "/postern.toml"]))
      // The host may lack programs; the text is good.
      #expect(result.status == 0 || result.status == 78 && !result.errors.contains("actions.toml:"), "\(result.errors)")
    }
  }
}
