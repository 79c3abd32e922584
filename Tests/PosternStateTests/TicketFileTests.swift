// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternState
import Testing

@Suite struct TicketFileTests {
  private static func path() -> String { NSTemporaryDirectory() + "postern-tickets-\(UUID().uuidString)" }

  @Test func itRemembersOverARestart() throws {
    let path = Self.path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    for round in 0..<2 {
      let file = try TicketFile.prepare(path: path)
      #expect(try file.contains(7) == (round == 1) && !file.contains(8))
      try file.note(7)
      #expect(try file.contains(7))
    }
  }

  @Test func aLaterTicketTakesThePlace() throws {
    let path = Self.path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = try TicketFile.prepare(path: path)
    try file.note(5)
    try file.note(5 + TicketFile.slots)
    #expect(try !file.contains(5) && file.contains(5 + TicketFile.slots))
  }

  @Test func aRunnerOfAnEarlierDaemonKeepsItBack() throws {
    let path = Self.path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let held = try TicketFile.prepare(path: path)
    #expect(throws: StateError.inUse) { _ = try TicketFile.prepare(path: path, patience: 30) }
    try held.note(1)
  }

  @Test func aDamagedFileIsMadeAnew() throws {
    let path = Self.path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("short".utf8).write(to: URL(fileURLWithPath: path))
    let file = try TicketFile.prepare(path: path)
    #expect(try !file.contains(7))
    try file.note(7)
    #expect(try file.contains(7))
  }
}
