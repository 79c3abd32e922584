// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternKnock
import Testing

/// Programs that begin and end with leases: as whom, with what, how often.
extension SystemSuite {
  @Suite struct ActionTests {
    /// Each writes a line with its values.
    static let notes = """
      [actions.begin]
      run = ["/bin/sh", "-c", 'echo "$POSTERN_EVENT $POSTERN_LEASE" >> PLACE/out/notes']
      NOBODY
      [actions.finish]
      run = ["/bin/sh", "-c", 'echo "$POSTERN_EVENT $POSTERN_LEASE" >> PLACE/out/notes']
      NOBODY
      """
    static let both = "on-open = [\"begin\"]\non-close = [\"finish\"]"

    @Test func aProgramGetsTypedValuesAndNothingElse() throws {
      let lab = try Lab(
        door: "on-open = [\"say\", \"show\"]",
        actions: """
          [actions.say]
          run = ["/bin/echo", "{event}", "{user}", "{key}", "{door}", "{source}", "{lease}", "{seconds}", "$HOME;`id`", "{port}"]
          NOBODY
          [actions.show]
          run = ["/usr/bin/env"]
          environment = { NOTE = "a b" }
          NOBODY
          """)
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock(lease: 30))
      #expect(Shell.wait { lab.auditEvents("action").count == 2 }, "\(lab.log)")
      let said = try #require(lab.actions("say").first)
      let lease = try #require(said["lease"] as? String)
      #expect(said["output"] as? String == "open alice laptop ssh \(lab.clientV4) \(lease) 30 $HOME;`id` \n")
      #expect(said["outcome"] as? String == "exited" && said["status"] as? Int == 0)
      let environment = Set((lab.actions("show").first?["output"] as? String ?? "").split(separator: "\n").map(String.init))
      #expect(
        environment == [
          "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "NOTE=a b", "POSTERN_ACTION=show",
          "POSTERN_EVENT=open", "POSTERN_USER=alice", "POSTERN_KEY=laptop", "POSTERN_DOOR=ssh", "POSTERN_SOURCE=\(lab.clientV4)",
          "POSTERN_LEASE=\(lease)", "POSTERN_SECONDS=30",
        ])
    }

    @Test func aProgramHasNoRights() throws {
      let words = ["id", "status", "fds", "limits", "session"]
      let lab = try Lab(
        door: "on-open = \(words)",
        actions: """
          [actions.id]
          run = ["/usr/bin/id", "-u"]
          NOBODY
          [actions.status]
          run = ["/bin/grep", "-E", "^(Cap(Inh|Prm|Eff|Amb)|NoNewPrivs|SigBlk|SigIgn)", "/proc/self/status"]
          NOBODY
          [actions.fds]
          run = ["/bin/ls", "/proc/self/fd"]
          NOBODY
          [actions.limits]
          run = ["/bin/grep", "-E", "(core file|open files|processes)", "/proc/self/limits"]
          NOBODY
          [actions.session]
          run = ["/bin/sh", "-c", 'cut -d " " -f 1,5,6 /proc/$$/stat; pwd; umask']
          directory = "/usr"
          NOBODY
          """)
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.auditEvents("action").count == words.count }, "\(lab.log)")
      func output(_ name: String) -> String { lab.actions(name).first?["output"] as? String ?? "" }
      #expect(output("id") == "\(Lab.stranger.id)\n")
      let status = output("status").split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
      let none = "0000000000000000"
      #expect(
        status == [
          ["SigBlk:", none], ["SigIgn:", none], ["CapInh:", none], ["CapPrm:", none], ["CapEff:", none], ["CapAmb:", none],
          ["NoNewPrivs:", "1"],
        ])
      #expect(output("fds") == "0\n1\n2\n3\n", "3 is that of ls itself")
      #expect(output("limits").contains(/core file size +0 +0/) && output("limits").contains(/open files +1024 +1024/))
      let lines = output("session").split(separator: "\n").map(String.init)
      let numbers = (lines.first ?? "").split(separator: " ")
      #expect(numbers.count == 3 && Set(numbers).count == 1, "its own process group and session")
      #expect(lines.dropFirst() == ["/usr", "0077"])
    }

    /// Where the configuration says so a program is root, and has no right but root's files.
    @Test func rootHasNoCapabilityEither() throws {
      let lab = try Lab(
        door: "on-open = [\"status\"]",
        actions: """
          [actions.status]
          run = ["/bin/grep", "-E", "^(Uid|CapEff|CapPrm)", "/proc/self/status"]
          user = "root"
          """)
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.auditEvents("action").count == 1 }, "\(lab.log)")
      let output = lab.actions("status").first?["output"] as? String
      #expect(output == "Uid:\t0\t0\t0\t0\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n")
    }

    @Test func outputIsBoundedAndEscaped() throws {
      let lab = try Lab(
        door: "on-open = [\"loud\", \"rude\", \"bad\", \"nothing\"]",
        actions: """
          [actions.loud]
          run = ["/usr/bin/head", "-c", "3000000", "/dev/zero"]
          NOBODY
          [actions.rude]
          run = ["/usr/bin/printf", '\\033[2Jred\\377"']
          NOBODY
          [actions.bad]
          run = ["/bin/ls", "/no/such/place"]
          NOBODY
          [actions.nothing]
          run = ["/no/such/program"]
          NOBODY
          """)
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.auditEvents("action").count == 4 }, "\(lab.log)")
      let loud = try #require(lab.actions("loud").first)
      #expect((loud["output"] as? String)?.utf8.count == 1024 && loud["output-bytes"] as? Int == 3_000_000)
      #expect(lab.actions("rude").first?["output"] as? String == "\u{1b}[2Jred\u{fffd}\"")
      let file = try Data(contentsOf: URL(fileURLWithPath: lab.directory + "/audit.jsonl"))
      #expect(file.allSatisfy { $0 == 10 || (32...126).contains($0) })
      let bad = try #require(lab.actions("bad").first)
      #expect(bad["status"] as? Int == 2 && (bad["output"] as? String)?.contains("No such file") == true)
      let nothing = try #require(lab.actions("nothing").first)
      #expect(nothing["outcome"] as? String == "not-started" && nothing["step"] as? String == "execute")
    }

    @Test func aSlowProgramIsKilledWithItsChildren() throws {
      let length = "31415.\(getpid())"
      let lab = try Lab(
        door: "on-open = [\"slow\"]",
        actions: """
          [actions.slow]
          run = ["/bin/sh", "-c", 'sleep \(length) & sleep \(length)']
          timeout = "1s"
          NOBODY
          """)
      defer { lab.down() }
      func sleepers() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.count {
          let line = (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8)) ?? ""
          return line == "sleep\0\(length)\0"
        }
      }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(try Shell.wait { try sleepers() == 2 }, "\(lab.log)")
      #expect(Shell.wait(seconds: 4) { lab.auditEvents("action").count == 1 })
      let event = try #require(lab.actions("slow").first)
      #expect(event["outcome"] as? String == "timed-out")
      #expect((1000...1500).contains(event["milliseconds"] as? Int ?? 0))
      #expect(try Shell.wait(seconds: 1) { try sleepers() == 0 })
    }

    @Test func noMoreThanMayRunAtTheSameTime() throws {
      let lab = try Lab(
        door: "on-open = [\"work\"]",
        actions: """
          [actions.work]
          run = ["/bin/sh", "-c", 'echo + >> PLACE/out/notes; sleep 0.3; echo - >> PLACE/out/notes']
          at-once = 2
          NOBODY
          """)
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      for number in 2...7 { sender.send(try lab.knock("10.77.0.\(number)")) }
      #expect(Shell.wait(seconds: 6) { lab.actions("work").count == 6 }, "\(lab.log)")
      var running = 0
      let most = lab.written("notes").reduce(0) { most, word in
        running += word == "+" ? 1 : -1
        return max(most, running)
      }
      #expect(most == 2 && running == 0, "\(lab.written("notes"))")
    }

    // MARK: Once

    /// How the lease ends, and how it is told.
    @Test(arguments: ["expiry", "knock", "operator", "revoke", "by hand", "reload"]) func everyEndHasItsAction(_ how: String)
      throws
    {
      let lab = try Lab(door: Self.both, actions: Self.notes)
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      sender.send(try lab.knock(lease: how == "expiry" ? 1 : 60))
      #expect(Shell.wait { lab.written("notes").count == 1 }, "\(lab.log)")
      let lease = try #require(lab.auditEvents("grant").first?["lease"] as? String)
      switch how {
      case "knock": sender.send(try lab.knock(action: .close))
      case "operator": _ = lab.ask("close \(lease)")
      case "revoke": _ = lab.ask("revoke alice")
      case "by hand": try Shell.must(lab.nft(["flush", "set", "inet", "postern", "door4"]))
      case "reload":
        try lab.edit("postern.toml") {
          $0.replacingOccurrences(of: Self.both, with: "").replacingOccurrences(
            of: "[users.alice]", with: "[users.alice]\ndisabled = true")
        }
        _ = lab.ask("reload")
      default: break
      }
      #expect(Shell.wait { lab.written("notes").count == 2 }, "\(lab.log)")
      #expect(lab.written("notes") == ["open \(lease)", "close \(lease)"])
      #expect(Shell.wait { lab.actions("finish").count == 1 })
      usleep(300_000)
      #expect(lab.written("notes").count == 2)
    }

    @Test func onceAlthoughTheKeeperDies() throws {
      let lab = try Lab(door: Self.both, actions: Self.notes)
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock(lease: 2))
      #expect(Shell.wait { lab.written("notes").count == 1 }, "\(lab.log)")
      lab.killKeeper()
      try lab.start(newGateway: false)
      #expect(lab.auditEvents("adopt").count == 1)
      #expect(Shell.wait(seconds: 4) { lab.written("notes").count == 2 }, "\(lab.log)")
      lab.killKeeper()
      try lab.start(newGateway: false)
      usleep(300_000)
      #expect(lab.written("notes").map { $0.prefix(5) } == ["open ", "close"])
    }

    @Test func onceAlthoughTheLeaseEndsWhileNobodyRuns() throws {
      let lab = try Lab(door: Self.both, actions: Self.notes)
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock(lease: 1))
      #expect(Shell.wait { lab.written("notes").count == 1 }, "\(lab.log)")
      lab.killKeeper()
      usleep(1_500_000)
      #expect(lab.written("notes").count == 1)
      try lab.start(newGateway: false)
      #expect(Shell.wait { lab.written("notes").count == 2 }, "\(lab.log)")
      lab.stop()
      try lab.start(newGateway: false)
      usleep(300_000)
      #expect(lab.written("notes").count == 2)
    }

    @Test func onceAlthoughTheRunnerDies() throws {
      let lab = try Lab(door: Self.both, actions: Self.notes)
      defer { lab.down() }
      try lab.start()
      var runner = try lab.waitForRunner()
      try lab.sender().send(try lab.knock(lease: 3))
      #expect(Shell.wait { lab.written("notes").count == 1 }, "\(lab.log)")
      kill(runner, SIGKILL)
      runner = try lab.waitForRunner(otherThan: runner)
      #expect(Shell.wait(seconds: 5) { lab.written("notes").count == 2 }, "\(lab.log)")
      kill(runner, SIGKILL)
      _ = try lab.waitForRunner(otherThan: runner)
      usleep(300_000)
      #expect(lab.written("notes").map { $0.prefix(5) } == ["open ", "close"])
      let alarms = lab.auditEvents("alarm").compactMap { $0["reason"] as? String }.filter { $0.contains("postern-runner") }
      #expect(alarms.count == 2, "\(alarms)")
    }

    /// A program that runs when the runner dies dies too, and is not started again.
    @Test func whatRanWithTheRunnerIsTold() throws {
      let lab = try Lab(
        door: "on-open = [\"slow\"]",
        actions: """
          [actions.slow]
          run = ["/bin/sh", "-c", 'echo began >> PLACE/out/notes; sleep 20; echo ended >> PLACE/out/notes']
          NOBODY
          """)
      defer { lab.down() }
      try lab.start()
      let runner = try lab.waitForRunner()
      try lab.sender().send(try lab.knock(lease: 30))
      #expect(Shell.wait { lab.written("notes").count == 1 }, "\(lab.log)")
      kill(runner, SIGKILL)
      #expect(Shell.wait { lab.actions("slow").first?["outcome"] as? String == "unseen" })
      _ = try lab.waitForRunner(otherThan: runner)
      usleep(300_000)
      #expect(lab.written("notes") == ["began"])
    }

    // MARK: Knocks

    @Test func aKnockStartsAnActionThatItsUserMayStart() throws {
      let lab = try Lab(
        door: "",
        actions: """
          [actions.backup]
          run = ["/bin/echo", "{event} {user}", "{user}", "{source}"]
          NOBODY
          """)
      defer { lab.down() }
      try lab.edit("postern.toml") {
        $0.replacingOccurrences(of: "psk = \"laptop.psk\"", with: "psk = \"laptop.psk\"\ndoes = \"run\"\naction = \"backup\"")
      }
      #expect(throws: (any Error).self) { try lab.start() }
      #expect(lab.log.contains("the user's \"actions\" do not name \"backup\""), "\(lab.log)")
      try lab.edit("postern.toml") {
        $0.replacingOccurrences(of: "[users.alice]\n", with: "[users.alice]\nactions = [\"backup\"]\n")
          .replacingOccurrences(of: "\"{event} {user}\", ", with: "\"{event}\", ")
      }
      try lab.start()
      let sender = try lab.sender()
      let knock = try lab.knock()
      sender.send(knock)
      #expect(Shell.wait { lab.actions("backup").count == 1 }, "\(lab.log)")
      #expect(lab.actions("backup").first?["output"] as? String == "knock alice \(lab.clientV4)\n")
      let run = try #require(lab.auditEvents("run").first)
      #expect(run["action"] as? String == "backup" && run["key"] as? String == "laptop")
      #expect(try lab.elements("door4").isEmpty, "it opens nothing")
      sender.send(knock)
      usleep(300_000)
      #expect(lab.actions("backup").count == 1, "a copy starts nothing")
      #expect(try lab.postern(["knock"]).status == 0)
      #expect(Shell.wait { (lab.status()?.refused(.alreadyStarted) ?? 0) >= 3 }, "\(lab.status()?.refused ?? [])")
      #expect(lab.actions("backup").count == 1, "nor do the repeats, of this wish as of the first")
    }

    // MARK: Configuration

    @Test func theCheckSaysWhatCannotRun() throws {
      let lab = try Lab(
        door: "",
        actions: """
          [actions.lost]
          run = ["/no/such/program"]
          directory = "/no/such/place"
          NOBODY
          """)
      defer { lab.down() }
      let result = try Shell.run(lab.at(lab.gateway, ["\(Lab.binaries)/posternd", "-t", "-c", lab.directory + "/postern.toml"]))
      #expect(result.status == 78)
      for line in [
        "actions.lost: there is no /no/such/program", "actions.lost: there is no /no/such/place", "actions.lost runs as",
      ] {
        #expect(result.errors.contains(line), "\(result.errors)")
      }
    }

    /// Nobody becomes root by saying nothing.
    @Test(.enabled(if: Lab.stranger.id != 0, "a user namespace of one user has nobody else"))
    func rootNeedsAWord() throws {
      guard try Shell.run(["getent", "passwd", "postern-runner"]).status != 0 else { return }
      let lab = try Lab(door: "on-open = [\"id\"]", actions: "[actions.id]\nrun = [\"/usr/bin/id\"]")
      defer { lab.down() }
      let result = try Shell.run(lab.at(lab.gateway, ["\(Lab.binaries)/posternd", "-t", "-c", lab.directory + "/postern.toml"]))
      #expect(result.status == 78 && result.errors.contains("there is no account postern-runner"), "\(result.errors)")
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.auditEvents("action").count == 1 })
      #expect(lab.actions("id").first?["step"] as? String == "identity")
      #expect(try lab.isOpen(lab.clientV4), "the door opens all the same")
    }

    @Test func withoutActionsThereIsNoRunner() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      #expect(lab.runnerPID == 0)
      let children = try Shell.run(["ps", "-o", "comm=", "--ppid", "\(lab.keeperPID)"]).output
      #expect(children.split(separator: "\n").map { String($0) } == ["postern-gate"])
    }

    @Test func aReloadBringsActionsAndTakesThem() throws {
      let lab = try Lab(door: "", actions: Self.notes)
      defer { lab.down() }
      try lab.start()
      let runner = try lab.waitForRunner()
      try lab.edit("postern.toml") { $0.replacingOccurrences(of: "[doors.ssh]\n", with: "[doors.ssh]\n\(Self.both)\n") }
      #expect(lab.ask("reload")?.last?.contains("true") == true)
      #expect(lab.runnerPID == runner, "the programs are the same")
      try lab.edit("postern.toml") {
        $0.replacingOccurrences(of: "[actions.begin]\n", with: "[actions.begin]\ntimeout = \"5s\"\n")
      }
      #expect(lab.ask("reload")?.last?.contains("true") == true)
      let second = try lab.waitForRunner(otherThan: runner)
      #expect(Shell.wait { kill(runner, 0) != 0 }, "the old one is gone")
      try lab.sender().send(try lab.knock(lease: 1))
      #expect(Shell.wait(seconds: 4) { lab.written("notes").count == 2 }, "\(lab.log)")
      _ = second
      #expect(lab.auditEvents("alarm").isEmpty)
    }
  }
}
