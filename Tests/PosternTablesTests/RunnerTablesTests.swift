// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct RunnerTablesTests {
  static func tables() throws -> RunnerTables {
    let name = try #require(Name("mail"))
    let port = try #require(Port(23))
    return RunnerTables(programs: [
      RunnerProgram(
        name: name, words: [.text("/bin/x"), .text("")] + ActionValue.allCases.map { .value($0) },
        account: .named(.init(user: 1, group: 2, groups: [3, 4])), directory: "/tmp", environment: ["A=", "B=c"],
        input: ["", "{user}"], timeout: 86_400, atOnce: 64,
        service: ActionService(style: .listenFDs, transport: .udp, address: IPAddress("::1"), port: port)),
      RunnerProgram(name: name, words: [.text("/x")], account: .runner(nil)),
      RunnerProgram(
        name: name, words: [.text("/x")], account: .runner(.init(user: 0, group: 0)),
        service: ActionService(style: .nowait, transport: .tcp, address: nil, port: port)),
    ])
  }

  static func read(_ bytes: [UInt8]) -> RunnerTables? {
    try? bytes.withBytes { bytes throws(WireError) in try RunnerTables(decoding: bytes) }
  }

  @Test func roundTrip() throws {
    let tables = try Self.tables()
    #expect(Self.read(tables.encoded()) == tables)
    #expect(Self.read(RunnerTables(programs: []).encoded()) == RunnerTables(programs: []))
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try Self.tables().encoded()
    for length in bytes.indices { #expect(Self.read(Array(bytes[..<length])) == nil) }
    #expect(Self.read(bytes + [0]) == nil)
  }

  @Test func whatDecodesHasOneForm() throws {
    let bytes = try Self.tables().encoded()
    for place in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[place] ^= 1 << UInt8(bit)
        if let tables = Self.read(flipped) { #expect(tables.encoded() == flipped, "byte \(place), bit \(bit)") }
      }
    }
  }

  static let wrong: [(String, @Sendable (inout RunnerProgram) -> Void)] = [
    ("a relative program", { $0.words[0] = .text("x") }), ("a value as program", { $0.words[0] = .value(.user) }),
    ("no words", { $0.words = [] }), ("a relative directory", { $0.directory = "x" }),
    ("no variable", { $0.environment = ["A"] }), ("a control character", { $0.environment = ["A=\n"] }),
    ("no user", { $0.account = .named(.init(user: .max, group: 1)) }),
    ("no group", { $0.account = .named(.init(user: 1, group: .max)) }), ("no time", { $0.timeout = 0 }),
    ("never", { $0.atOnce = 0 }), ("nowait over udp", { $0.service?.style = .nowait }),
  ]

  @Test(arguments: wrong.indices) func whatNoRunnerMayDoIsRefused(_ index: Int) throws {
    var tables = try Self.tables()
    Self.wrong[index].1(&tables.programs[0])
    #expect(Self.read(tables.encoded()) == nil, "\(Self.wrong[index].0)")
  }
}
