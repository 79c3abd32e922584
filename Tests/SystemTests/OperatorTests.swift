// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternKnock
import Testing

/// Operators and viewers at the control socket, and what the audit, its followers and the journal tell.
extension SystemSuite {
  @Suite struct OperatorTests {
    // MARK: Commands

    private static func words(_ lab: Lab, _ words: [String]) -> [String] {
      ["\(Lab.binaries)/posternctl", words[0], "--socket", lab.directory + "/control"] + words.dropFirst()
    }

    private func run(_ lab: Lab, _ words: String...) throws -> Shell.Result { try Shell.run(Self.words(lab, words)) }

    /// posternctl as somebody else: this user, and these groups.
    private func run(_ lab: Lab, as user: Int, _ groups: [Int], _ words: String...) throws -> Shell.Result {
      let further = groups.dropFirst().map(String.init).joined(separator: ",")
      return try Shell.run(
        ["setpriv", "--reuid", "\(user)", "--regid", "\(groups[0])"]
          + (further.isEmpty ? ["--clear-groups"] : ["--groups", further]) + ["--"] + Self.words(lab, words))
    }

    private func objects(_ text: String) -> [[String: Any]] {
      text.split(separator: "\n").compactMap { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any] }
    }

    /// Whether other user ids exist here: not so in a user namespace of one user.
    private static let hasOthers =
      (try? Shell.run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "true"]))?
      .status == 0

    @Test func opensExtendsClosesAndRevokes() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let opened = try run(lab, "open", "alice", "ssh", lab.clientV4, lab.clientV6, "--for", "100s", "--json")
      #expect(opened.status == 0, "\(opened.errors)")
      let lease = try #require(objects(opened.output).first?["lease"] as? String)
      let four = try #require(try lab.elements("door4").first)
      #expect(four.address == lab.clientV4 && four.timeout == 100 && four.comment == "alice/laptop ssh \(lease)")
      #expect(try lab.elements("door6").first?.address == lab.clientV6)
      let grant = try #require(lab.auditEvents("grant").first)
      #expect(grant["operator"] as? Int == 0 && grant["user"] as? String == "alice" && grant["lease"] as? String == lease)

      #expect(try run(lab, "extend", lease, "--for", "30m").status == 0)
      for set in ["door4", "door6"] { #expect(try lab.elements(set).first.map { $0.expires > 1700 } == true) }
      #expect(try run(lab, "extend", lease, "--by", "1h").status == 65, "the door's longest lease is an hour")
      #expect(try run(lab, "close", lease).status == 0)
      #expect(try lab.elements("door4").isEmpty && lab.elements("door6").isEmpty)

      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 1 })
      #expect(try run(lab, "open", "alice/laptop", "ssh", "10.77.0.3").status == 0)
      #expect(try lab.elements("door4").count == 2)
      let revoked = try run(lab, "revoke", "alice", "--json")
      #expect(objects(revoked.output).first?["leases"] as? Int == 2)
      #expect(try lab.elements("door4").isEmpty)
      #expect(lab.auditEvents("revoke").first?["operator"] as? Int == 0)
      #expect(lab.auditEvents("lease-end").allSatisfy { $0["operator"] as? Int == 0 })
      #expect(try run(lab, "revoke", "carol").status == 67)
      #expect(try run(lab, "open", "alice", "ssh", "127.0.0.1").status == 77)
      #expect(try run(lab, "open", "alice", "ssh", lab.gatewayV4).status == 77)
    }

    @Test func doorsUsersAndStatus() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock(lab.clientV4, lab.clientV6))
      #expect(Shell.wait { lab.status()?.leases == 1 })
      let door = try #require(objects(try run(lab, "doors", "--json").output).first)
      #expect(door["door"] as? String == "ssh" && door["leases"] as? Int == 1 && door["longest"] as? Int == 3600)
      #expect(door["elements"] as? [Int] == [1, 1] && door["sizes"] as? [Int] == [65_536, 65_536])
      let user = try #require(objects(try run(lab, "users", "--json").output).first)
      #expect(user["user"] as? String == "alice" && user["keys"] as? [String] == ["laptop"] && user["leases"] as? Int == 1)
      #expect((user["last-knock"] as? String)?.hasSuffix("Z") == true)
      try Shell.must(lab.at(lab.gateway, ["nft", "delete", "table", "inet", "postern"]))
      #expect(try run(lab, "doors").output.contains("alarm: "))
      #expect(try run(lab, "status").output.hasPrefix("alarms "))
    }

    @Test func everyMemberOfAnAnswerStandsOnThePage() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 1 })
      let page = try String(
        contentsOfFile: Lab.root + "/Sources/PosternControl/PosternControl.docc/JSON.md", encoding: .utf8)
      for words in [["status"], ["leases"], ["doors"], ["users"], ["revoke", "alice"]] {
        let answer = objects(try Shell.run(Self.words(lab, words + ["--json"])).output)
        let section = try #require(page.components(separatedBy: "### \(words[0])").dropFirst().first)
          .components(separatedBy: "\n##")[0]
        #expect(!answer.isEmpty)
        for member in answer.flatMap(\.keys) { #expect(section.contains("`\(member)`"), "\(words[0]): \(member)") }
      }
    }

    // MARK: Roles

    @Test(.enabled(if: Self.hasOthers, "needs further user ids")) func groupsDecideWhoMayWhat() throws {
      let lab = try Lab(.init(control: "operators = 4701\nviewers = 4702"))
      defer { lab.down() }
      try Shell.must(["chmod", "755", lab.directory])
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 1 })
      let lease = try #require(objects(try run(lab, "leases", "--json").output).first?["lease"] as? String)

      for viewer in [[4702], [4800, 4702]] {
        for word in ["status", "leases", "doors", "users", "bans", "events"] {
          #expect(try run(lab, as: 4800, viewer, word).status == 0, "\(word)")
        }
        let refused = try run(lab, as: 4800, viewer, "close", lease)
        #expect(refused.status == 77 && refused.errors == "posternctl: viewers may look, not change\n")
        #expect(try run(lab, as: 4800, viewer, "revoke", "alice").status == 77)
        #expect(try run(lab, as: 4800, viewer, "open", "alice", "ssh", "10.77.0.3").status == 77)
        #expect(try run(lab, as: 4800, viewer, "extend", lease, "--for", "1h").status == 77)
        #expect(try run(lab, as: 4800, viewer, "reload").status == 77)
        for words in [["ban", "10.1.2.3"], ["unban", "10.1.2.3"]] {
          #expect(try run(lab, as: 4800, viewer, words[0], words[1]).status == 77)
        }
      }
      for word in ["status", "events"] {
        let stranger = try run(lab, as: 4800, [4800, 0], word)
        #expect(stranger.status == 77 && stranger.errors == "posternctl: not permitted\n" && stranger.output.isEmpty)
      }
      #expect(try run(lab, as: 4800, [4800], "events", "-f").status == 77)
      #expect(lab.status()?.leases == 1, "nothing has changed")
      #expect(try run(lab, as: 4801, [4800, 4701], "close", lease).status == 0)
      #expect(lab.auditEvents("lease-end").first?["operator"] as? Int == 4801)
    }

    /// Strangers and viewers who sit on their connections do not keep out an operator.
    @Test(.enabled(if: Self.hasOthers, "needs further user ids")) func nobodyKeepsOutTheOperator() throws {
      let lab = try Lab(.init(control: "viewers = 4702"))
      defer { lab.down() }
      try Shell.must(["chmod", "755", lab.directory])
      try lab.start()
      var held: [Int32] = []
      defer { for connection in held { close(connection) } }
      for (user, group) in [(UInt32(4800), UInt32(4800)), (4801, 4702)] {
        for _ in 0..<40 {
          let connection = unsafe support_unix_connect_as(lab.directory + "/control", user, group)
          try #require(connection >= 0)
          held.append(connection)
        }
      }
      #expect(try run(lab, "status").status == 0)
      #expect(try run(lab, as: 4800, [4702], "status").status == 75, "the viewers' own places are taken")
    }

    // MARK: Events

    @Test func followersSeeAGrantAtOnce() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let all = try Follower(Self.words(lab, ["events", "-f", "--json", "-n", "0"]), lab.directory + "/follow-all")
      let ends = try Follower(
        Self.words(lab, ["events", "-f", "--event", "lease-end", "--user", "alice"]), lab.directory + "/follow-ends")
      defer { for follower in [all, ends] { follower.stop() } }
      #expect(Shell.wait { lab.status()?.followers == 2 })
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait(seconds: 1) { all.text.contains("\"event\":\"grant\"") })
      #expect(ends.text.isEmpty)
      #expect(try run(lab, "revoke", "alice").status == 0)
      #expect(Shell.wait(seconds: 1) { ends.text.contains("lease-end") && all.text.contains("\"event\":\"revoke\"") })
      #expect(ends.text.split(separator: "\n").count == 1)
      let seen = all.text.split(separator: "\n").map(String.init)
      let written = try String(contentsOfFile: lab.directory + "/audit.jsonl", encoding: .utf8).split(separator: "\n").map(
        String.init)
      #expect(seen == Array(written.suffix(seen.count)), "followers get the audit's own lines")
      #expect(try run(lab, "events", "--event", "grant", "--json").output.split(separator: "\n").count == 1)
      #expect(try run(lab, "events", "--door", "web").output.isEmpty)
      lab.stop()
      #expect(all.end() == 69 && all.text.hasSuffix("\n") && all.text.contains("\"event\":\"stop\""))
    }

    /// A reader that reads nothing costs the daemon nothing, and is gone when it has fallen too far behind.
    @Test func aSlowFollowerIsCutOff() throws {
      let lab = try Lab(.init(leasesPerDoor: 4000))
      defer { lab.down() }
      try lab.start()
      let slow = unsafe support_unix_connect(lab.directory + "/control")
      defer { close(slow) }
      let request = Array("events follow\n".utf8)
      #expect(unsafe write(slow, request, request.count) == request.count)
      #expect(Shell.wait { lab.status()?.followers == 1 })
      let sender = try lab.sender()
      for number in 0..<3500 {
        sender.send(try lab.knock("10.77.\(1 + number / 250).\(1 + number % 250)"))
        if number.isMultiple(of: 200) { usleep(20_000) }
      }
      #expect(Shell.wait(seconds: 20) { (lab.status()?.leases ?? 0) > 3000 }, "the daemon goes on")
      #expect(lab.auditEvents("grant").count > 3000)
      // Until it reads, it is left alone; its place is forgotten by then.
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      var text: [UInt8] = []
      while case let count = unsafe read(slow, &buffer, buffer.count), count > 0 { text += buffer.prefix(count) }
      #expect(String(decoding: text, as: UTF8.self).hasSuffix("\"exit\":75}\n"))
      #expect(lab.status()?.followers == 0)
    }

    @Test func verifyFindsARemovedLineOverRestarts() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.status()?.leases == 1 })
      lab.stop()
      try lab.start(newGateway: false)
      lab.killKeeper()
      try lab.start(newGateway: false)
      lab.stop()
      let path = lab.directory + "/audit.jsonl"
      let good = try Shell.run(["\(Lab.binaries)/posternctl", "events", "--verify", path])
      #expect(good.status == 0, "\(good.output)")
      var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
      #expect(lines.count > 8)
      // Rotated into two files, a line taken out of each.
      lines.remove(at: 5)
      lines.remove(at: 2)
      try (lines[..<3].joined(separator: "\n") + "\n").write(toFile: path + ".1", atomically: true, encoding: .utf8)
      try (lines[3...].joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
      let bad = try Shell.run(["\(Lab.binaries)/posternctl", "events", "--verify", path + ".1", path])
      #expect(bad.status == 1)
      #expect(bad.output.contains("audit.jsonl.1:3: 3 to 3 are missing (1)\n"))
      #expect(bad.output.contains("audit.jsonl:2: 6 to 6 are missing (1)\n"))
    }

    /// Rotation by renaming: the file is opened again at a reload, also at one that is refused, and the numbers go on.
    @Test func aRotatedFileIsContinued() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      let path = lab.directory + "/audit.jsonl"
      let good = try String(contentsOfFile: lab.directory + "/postern.toml", encoding: .utf8)
      var files: [String] = []
      for (number, text) in [good, "version = 2"].enumerated() {
        files.append(path + ".\(number)")
        try FileManager.default.moveItem(atPath: path, toPath: files[number])
        try text.write(toFile: lab.directory + "/postern.toml", atomically: true, encoding: .utf8)
        #expect(try run(lab, "reload").status == (text == good ? 0 : 78))
        #expect(FileManager.default.fileExists(atPath: path))
      }
      #expect(lab.auditEvents("reload-refused").first?["operator"] as? Int == 0)
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.auditEvents("grant").count == 1 })
      let verified = try Shell.run(["\(Lab.binaries)/posternctl", "events", "--verify"] + files + [path])
      #expect(verified.status == 0, "\(verified.output)")
    }

    /// A disk without room: doors open, the lines are counted, and once there is room the audit says how many it lacks.
    @Test func aFullDiskStopsNoDoor() throws {
      let lab = try Lab()
      defer { lab.down() }
      let disk = lab.directory + "/disk"
      try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
      try Shell.must(["mount", "-t", "tmpfs", "-o", "size=64k", "postern", disk])
      defer { _ = try? Shell.run(["umount", disk]) }
      let configuration = try String(contentsOfFile: lab.directory + "/postern.toml", encoding: .utf8)
      try configuration.replacingOccurrences(of: "/audit.jsonl", with: "/disk/audit.jsonl")
        .write(toFile: lab.directory + "/postern.toml", atomically: true, encoding: .utf8)
      try lab.start()
      let filler = unsafe open(disk + "/filler", O_WRONLY | O_CREAT, 0o600)
      try #require(filler >= 0)
      let page = [UInt8](repeating: 0, count: 4096)
      while unsafe write(filler, page, page.count) > 0 {}
      close(filler)
      let sender = try lab.sender()
      for number in 1...40 { sender.send(try lab.knock("10.77.1.\(number % 8 + 1)")) }
      #expect(Shell.wait { lab.status()?.leases == 8 })
      #expect(Shell.wait { (lab.status()?.auditLost ?? 0) > 0 })
      let lost = try #require(lab.status()?.auditLost)
      try FileManager.default.removeItem(atPath: disk + "/filler")
      #expect(try run(lab, "revoke", "alice").status == 0)
      let audit = try Shell.run(["\(Lab.binaries)/posternctl", "events", "--json", disk + "/audit.jsonl"]).output
      let told = objects(audit).filter { $0["event"] as? String == "audit-lost" }
      #expect(told.count == 1 && told.first?["lines"] as? Int == lost)
      let verified = try Shell.run(["\(Lab.binaries)/posternctl", "events", "--verify", disk + "/audit.jsonl"])
      #expect(verified.status == 1 && verified.output.contains("the daemon could not write \(lost) lines"))
    }

    // MARK: Journal

    @Test func theJournalGetsEachEvent() throws {
      let lab = try Lab(.init(audit: "journal = \"PLACE/journal\""))
      defer { lab.down() }
      let journal = unsafe support_datagram_listen(lab.directory + "/journal")
      try #require(journal >= 0)
      defer { close(journal) }
      try lab.start()
      try lab.sender().send(try lab.knock(lab.clientV4, lab.clientV6))
      #expect(Shell.wait { lab.status()?.leases == 1 })
      #expect(try run(lab, "revoke", "alice").status == 0)
      var entries: [[String: [String]]] = []
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while case let count = unsafe recv(journal, &buffer, buffer.count, Int32(MSG_DONTWAIT)), count > 0 {
        entries.append(try #require(Self.fields(Array(buffer.prefix(count)))))
      }
      #expect(
        entries.allSatisfy { $0["SYSLOG_IDENTIFIER"] == ["posternd"] && $0["MESSAGE"]?.count == 1 && $0["PRIORITY"]?.count == 1 })
      let grant = try #require(entries.first { $0["POSTERN_EVENT"] == ["grant"] })
      #expect(grant["POSTERN_USER"] == ["alice"] && grant["POSTERN_KEY"] == ["laptop"] && grant["POSTERN_DOOR"] == ["ssh"])
      #expect(grant["POSTERN_SRC"] == [lab.clientV4, lab.clientV6] && grant["POSTERN_EXPIRES"]?.first?.hasSuffix("Z") == true)
      #expect(grant["MESSAGE_ID"] == ["5e8be7effa0e4db09a3590b92a1bd9a8"])
      let end = try #require(entries.first { $0["POSTERN_EVENT"] == ["lease-end"] })
      #expect(end["POSTERN_REASON"] == ["closed-by-operator"] && end["POSTERN_OPERATOR"] == ["0"])
      #expect(
        entries.compactMap { $0["POSTERN_SEQ"]?.first } == lab.audit().compactMap { ($0["seq"] as? Int).map(String.init) },
        "the same events as the audit, in its order")
    }

    /// A journal that reads nothing: doors open all the same, and what it did not take is counted.
    @Test func aJournalThatHangsStopsNoDoor() throws {
      let lab = try Lab(.init(audit: "journal = \"PLACE/journal\""))
      defer { lab.down() }
      let journal = unsafe support_datagram_listen(lab.directory + "/journal")
      try #require(journal >= 0)
      defer { close(journal) }
      try lab.start()
      let sender = try lab.sender()
      for _ in 0..<700 { sender.send(try lab.knock()) }
      #expect(Shell.wait { (lab.status()?.journalDropped ?? 0) > 0 })
      #expect(lab.status()?.auditLost == 0 && lab.status()?.leases == 1)
    }

    /// The fields of a datagram in the journal's native form; nil where it is not in that form.
    private static func fields(_ datagram: [UInt8]) -> [String: [String]]? {
      var fields: [String: [String]] = [:]
      var rest = datagram[...]
      while !rest.isEmpty {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = rest[..<end]
        if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
          let name = String(decoding: line[..<equals], as: UTF8.self)
          fields[name, default: []].append(String(decoding: line[(equals + 1)...], as: UTF8.self))
          rest = rest[(end + 1)...]
        } else {
          let start = end + 9
          guard start <= rest.endIndex else { return nil }
          let length = Int(rest[(end + 1)..<start].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
          guard start + length < rest.endIndex, rest[start + length] == UInt8(ascii: "\n") else { return nil }
          fields[String(decoding: line, as: UTF8.self), default: []].append(
            String(decoding: rest[start..<start + length], as: UTF8.self))
          rest = rest[(start + length + 1)...]
        }
      }
      return fields
    }
  }

  /// A command that goes on, its output in a file.
  final class Follower {
    private let process = Process()
    private let path: String

    init(_ words: [String], _ path: String) throws {
      self.path = path
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = words
      process.standardOutput = FileHandle(forWritingAtPath: path)
      process.standardError = FileHandle.nullDevice
      process.standardInput = FileHandle.nullDevice
      try process.run()
    }

    var text: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    func stop() { if process.isRunning { process.terminate() } }

    /// The exit status, within five seconds.
    func end() -> Int32? {
      Shell.wait { !process.isRunning } ? process.terminationStatus : nil
    }
  }
}
