// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternRunner
import PosternTables
import PosternWire
import Testing

@Suite struct ProgramTextTests {
  static func program(_ words: [RunnerProgram.Word] = [.text("/bin/true")]) throws -> RunnerProgram {
    RunnerProgram(name: try #require(Name("mail")), words: words, account: .runner(nil))
  }

  static func call() throws -> ActionCall {
    ActionCall(
      program: 0, occasion: .open, user: Name("alice"), key: Name("laptop"), door: Name("ssh"), source: IPAddress("2001:db8::7"),
      port: Port(4096), lease: LeaseID(255), seconds: 30)
  }

  @Test func placeholdersAreWholeWords() throws {
    let words: [RunnerProgram.Word] = [.text("/bin/echo"), .text("{source}x")] + ActionValue.allCases.map { .value($0) }
    let text = ProgramText(try Self.program(words), try Self.call())
    #expect(
      text.words == [
        "/bin/echo", "{source}x", "mail", "open", "alice", "laptop", "ssh", "2001:db8::7", "4096", "00000000000000ff", "30",
      ])
  }

  @Test func whatIsNotThereIsAnEmptyWordAndNoVariable() throws {
    let words: [RunnerProgram.Word] = [.text("/bin/echo"), .value(.user), .value(.port)]
    let text = ProgramText(try Self.program(words), ActionCall(program: 0, occasion: .ban, source: IPAddress("192.0.2.7")))
    #expect(text.words == ["/bin/echo", "", ""])
    #expect(text.environment.contains("POSTERN_SOURCE=192.0.2.7") && text.environment.contains("POSTERN_EVENT=ban"))
    #expect(!text.environment.contains { $0.hasPrefix("POSTERN_USER") || $0.hasPrefix("POSTERN_LEASE") })
  }

  @Test func theEnvironmentIsConfigured() throws {
    var program = try Self.program()
    program.environment = ["A=1", "PATH=/nowhere"]
    let text = ProgramText(program, try Self.call())
    #expect(text.environment.count { $0.hasPrefix("PATH=") } == 1 && text.environment.contains("PATH=/nowhere"))
    #expect(text.environment.contains("A=1") && text.environment.contains("POSTERN_USER=alice"))
    #expect(!text.environment.contains { $0.hasPrefix("LISTEN_") })
  }

  @Test func aServiceIsAnnounced() throws {
    var program = try Self.program()
    program.service = ActionService(style: .listenFDs, transport: .tcp, address: nil, port: try #require(Port(22)))
    let text = ProgramText(program, try Self.call())
    #expect(Set(text.environment).isSuperset(of: ["LISTEN_FDS=1", "LISTEN_FDNAMES=mail", "LISTEN_PID="]))
  }

  static let lines: [(String, String)] = [
    ("plain", "plain"), ("{user}", "alice"), ("from {source} at {door}.", "from 2001:db8::7 at ssh."), ("{who}", "{who}"),
    ("{", "{"), ("}{user", "}{user"), ("{{user}}", "{alice}"), ("", ""),
  ]

  @Test(arguments: lines) func input(_ line: String, _ expected: String) throws {
    var program = try Self.program()
    program.input = [line, "end"]
    let text = ProgramText(program, try Self.call())
    #expect(text.input.map { String(decoding: $0, as: UTF8.self) } == expected + "\nend\n")
  }
}
