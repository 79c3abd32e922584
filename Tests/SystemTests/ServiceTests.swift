// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternKnock
import Testing

/// Services that listen for the time of a lease.
extension SystemSuite {
  @Suite struct ServiceTests {
    private static let port: UInt16 = 2323

    private static func options() -> Lab.Options {
      var options = Lab.Options()
      options.ports = ["tcp/\(port)", "udp/\(port)"]
      return options
    }

    private static func lab(_ action: String) throws -> Lab {
      let lab = try Lab(
        door: "service = \"echo\"", actions: "[actions.echo]\n\(action)\nNOBODY", options())
      // The guard knows the ports of its own list only.
      try Shell.must(lab.nft(["add", "element", "inet", "postern", "guarded", "{ tcp . \(port), udp . \(port) }"]))
      return lab
    }

    private static let errors = (refused: ECONNREFUSED, dropped: ETIMEDOUT)

    /// From the client, where the guard stands before it.
    private static func answer(_ lab: Lab) -> Int32 {
      unsafe support_answer_in("/run/netns/" + lab.client, lab.gatewayV4, port, 300)
    }

    @Test func itAnswersOnlyBetweenKnockAndClose() throws {
      let lab = try Self.lab("run = [\"/bin/cat\"]\nserve = \"nowait\"\nlisten = \"tcp/:\(Self.port)\"")
      defer { lab.down() }
      try lab.start()
      _ = try lab.waitForRunner()
      #expect(lab.answerInside(Self.port) == ECONNREFUSED && Self.answer(lab) != 0, "before")

      let sender = try lab.sender()
      sender.send(try lab.knock(lab.clientV4, lab.clientV6, lease: 30))
      #expect(Shell.wait { lab.answerInside(Self.port) == 0 }, "\(lab.log)")
      #expect(lab.answerInside(Self.port, "::1") == 0)
      let stream = unsafe support_connect_in("/run/netns/" + lab.client, lab.gatewayV4, Self.port, 1000)
      #expect(stream >= 0)
      #expect(try Self.echoes(stream))

      sender.send(try lab.knock(lab.clientV4, action: .close))
      #expect(Shell.wait { lab.answerInside(Self.port) == ECONNREFUSED }, "afterwards")
      #expect(Self.answer(lab) != 0)
      #expect(try Self.echoes(stream), "who came in stays")
      close(stream)
      #expect(Shell.wait { lab.actions("echo").contains { $0["source"] as? String == lab.clientV4 } })
      let ended = try #require(lab.actions("echo").first { $0["source"] as? String == lab.clientV4 })
      #expect(ended["user"] as? String == "alice" && ended["status"] as? Int == 0 && ended["source-port"] as? Int ?? 0 > 0)
      #expect(lab.auditEvents("service").compactMap { $0["listens"] as? Bool } == [true, false])
    }

    private static func echoes(_ stream: Int32) throws -> Bool {
      guard unsafe write(stream, "hello", 5) == 5 else { return false }
      var wait = pollfd(fd: stream, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&wait, 1, 2000) == 1 else { return false }
      var buffer = [UInt8](repeating: 0, count: 5)
      return unsafe read(stream, &buffer, 5) == 5 && buffer == Array("hello".utf8)
    }

    @Test func itEndsWithTheLeaseAndAfterARestart() throws {
      let lab = try Self.lab("run = [\"/bin/cat\"]\nserve = \"nowait\"\nlisten = \"tcp/127.0.0.1:\(Self.port)\"")
      defer { lab.down() }
      try lab.start()
      try lab.sender().send(try lab.knock(lease: 4))
      #expect(Shell.wait { lab.answerInside(Self.port) == 0 }, "\(lab.log)")
      lab.killKeeper()
      #expect(Shell.wait { lab.answerInside(Self.port) == ECONNREFUSED }, "without a keeper nobody ends it in time")
      try lab.start(newGateway: false)
      #expect(Shell.wait { lab.answerInside(Self.port) == 0 }, "the lease goes on, and so does the service: \(lab.log)")
      let runner = try lab.waitForRunner()
      kill(runner, SIGKILL)
      #expect(Shell.wait { lab.runnerPID != runner && lab.runnerPID > 0 && lab.answerInside(Self.port) == 0 })
      #expect(Shell.wait(seconds: 5) { lab.answerInside(Self.port) == ECONNREFUSED })
      usleep(200_000)
      #expect(lab.answerInside(Self.port) == ECONNREFUSED)
    }

    @Test func twoLeasesShareIt() throws {
      let lab = try Self.lab("run = [\"/bin/cat\"]\nserve = \"nowait\"\nlisten = \"tcp/:\(Self.port)\"")
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      sender.send(try lab.knock("10.77.0.2"))
      sender.send(try lab.knock("10.77.0.3"))
      #expect(Shell.wait { lab.auditEvents("service").count == 2 }, "\(lab.log)")
      sender.send(try lab.knock("10.77.0.2", action: .close))
      #expect(Shell.wait { lab.auditEvents("lease-end").count == 1 })
      #expect(lab.answerInside(Self.port) == 0)
      sender.send(try lab.knock("10.77.0.3", action: .close))
      #expect(Shell.wait { lab.answerInside(Self.port) == ECONNREFUSED })
    }

    /// What inetd calls wait: the listener itself is the program's standard input.
    @Test(.enabled(if: python != nil, "no python3 here")) func aProgramTakesTheSocketOver() throws {
      let program = """
        import os, socket
        s = socket.socket(fileno=0)
        while True:
          data, peer = s.recvfrom(2048)
          s.sendto(b"got " + data + b" for " + os.environ["POSTERN_USER"].encode(), peer)
        """
      let lab = try Self.lab("serve = \"wait\"\nlisten = \"udp/:\(Self.port)\"\n\(try Self.python(program))")
      defer { lab.down() }
      try lab.start()
      #expect(Self.ask(lab) == nil, "before")
      let sender = try lab.sender()
      sender.send(try lab.knock(lease: 30))
      #expect(Shell.wait { Self.ask(lab) == "got hello for alice" }, "\(lab.log)")
      sender.send(try lab.knock(action: .close))
      #expect(Shell.wait { lab.actions("echo").count == 1 })
      #expect(lab.actions("echo").first?["outcome"] as? String == "service-ended")
      #expect(Self.ask(lab) == nil, "afterwards")
      #expect(try Shell.run(lab.at(lab.gateway, ["ss", "-Hlnu", "sport", "=", "\(Self.port)"])).output == "")
    }

    /// A question and its answer, nil where none comes.
    private static func ask(_ lab: Lab) -> String? {
      let socket = unsafe support_udp_in("/run/netns/" + lab.client, lab.clientV4, lab.gatewayV4, port)
      defer { close(socket) }
      guard unsafe write(socket, "hello", 5) == 5 else { return nil }
      var wait = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&wait, 1, 200) == 1 else { return nil }
      var buffer = [UInt8](repeating: 0, count: 256)
      let count = unsafe read(socket, &buffer, buffer.count)
      return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
    }

    /// The form of sd_listen_fds(3).
    @Test(.enabled(if: python != nil, "no python3 here")) func aProgramOfSystemdsKindIsServedToo() throws {
      let program = """
        import os, socket
        assert os.environ["LISTEN_PID"] == str(os.getpid()) and os.environ["LISTEN_FDS"] == "1"
        assert os.environ["LISTEN_FDNAMES"] == "echo"
        s = socket.socket(fileno=3)
        while True:
          peer, _ = s.accept()
          peer.sendall(b"from systemd's form")
          peer.close()
        """
      let lab = try Self.lab("serve = \"listen-fds\"\nlisten = \"tcp/:\(Self.port)\"\n\(try Self.python(program))")
      defer { lab.down() }
      try lab.start()
      let sender = try lab.sender()
      sender.send(try lab.knock(lease: 30))
      var stream: Int32 = -1
      let isIn = Shell.wait {
        stream = unsafe support_connect_in("/run/netns/" + lab.client, lab.gatewayV4, Self.port, 300)
        return stream >= 0
      }
      #expect(isIn, "\(lab.log)")
      defer { close(stream) }
      var buffer = [UInt8](repeating: 0, count: 64)
      let count = unsafe read(stream, &buffer, buffer.count)
      #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self) == "from systemd's form")
      sender.send(try lab.knock(action: .close))
      #expect(Shell.wait { lab.actions("echo").first?["outcome"] as? String == "service-ended" }, "\(lab.audit())")
      #expect(lab.answerInside(Self.port) == ECONNREFUSED)
    }

    /// A real server that inetd used to start: sshd.
    @Test func sshdAnswersAKnock() throws {
      let keys = NSTemporaryDirectory() + "postern-sshd-\(getpid())"
      try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: keys) }
      try Shell.must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys + "/key"])
      let lab = try Lab(
        door: "service = \"sshd\"",
        actions: """
          [actions.sshd]
          run = ["/usr/sbin/sshd", "-i", "-f", "/dev/null", "-o", "HostKey=\(keys)/key"]
          serve = "nowait"
          listen = "tcp/:\(Self.port)"
          user = "root"
          """, Self.options())
      defer { lab.down() }
      try Shell.must(lab.nft(["add", "element", "inet", "postern", "guarded", "{ tcp . \(Self.port) }"]))
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.answerInside(Self.port) == 0 }, "\(lab.log)")
      let stream = unsafe support_connect_in("/run/netns/" + lab.client, lab.gatewayV4, Self.port, 1000)
      defer { close(stream) }
      var buffer = [UInt8](repeating: 0, count: 64)
      let count = unsafe read(stream, &buffer, buffer.count)
      #expect(String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self).hasPrefix("SSH-2.0-OpenSSH"), "\(lab.audit())")
    }

    @Test func aTakenPortIsTold() throws {
      let lab = try Self.lab("run = [\"/bin/cat\"]\nserve = \"nowait\"\nlisten = \"tcp/:\(Self.port)\"")
      defer { lab.down() }
      let other = try lab.listen(port: Self.port)
      defer { close(other) }
      try lab.start()
      try lab.sender().send(try lab.knock())
      #expect(Shell.wait { lab.actions("echo").count == 1 }, "\(lab.log)")
      let event = try #require(lab.actions("echo").first)
      #expect(event["step"] as? String == "listen" && event["errno"] as? Int == Int(EADDRINUSE))
    }

    // MARK: Python

    /// One that others than root may run.
    private static let python: String? = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }

    private static func python(_ program: String) throws -> String {
      let python = try #require(python)
      return
        "run = [\"\(python)\", \"-c\", '''exec(bytes.fromhex(\"\(Array(program.utf8).map { String(format: "%02x", $0) }.joined())\"))''']"
    }
  }
}
