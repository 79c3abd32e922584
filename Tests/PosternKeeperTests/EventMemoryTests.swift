// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import Testing

@Suite struct EventMemoryTests {
  private let now = Moment(wall: Timestamp(seconds: 1_800_000_000), uptime: 0)

  private func record(_ number: UInt64, _ event: AuditEvent = .stopped) -> AuditRecord {
    AuditRecord(event, stamp: EventStamp(sequence: number, run: 1, boot: 2), time: now)
  }

  @Test func keepsTheNewest() {
    var memory = EventMemory()
    #expect(memory.start == 0 && memory.end == 0 && memory[0] == nil)
    let count = UInt64(EventMemory.limit) + 3
    for number in 0..<count { memory.remember(record(number)) }
    #expect(memory.end == count && memory.start == 3)
    #expect(memory[2] == nil && memory[count] == nil)
    #expect((3..<count).allSatisfy { memory[$0]?.stamp.sequence == $0 })
  }

  @Test func findsWhereTheWantedBegin() {
    var memory = EventMemory()
    for number in UInt64(0)..<10 { memory.remember(record(number, number.isMultiple(of: 3) ? .alarm("x") : .stopped)) }
    let alarms = EventFilter(kinds: [.alarm])
    #expect(memory.first(of: EventQuery()) == 0)
    #expect(memory.first(of: EventQuery(last: 2)) == 8)
    #expect(memory.first(of: EventQuery(last: 0)) == 10)
    #expect(memory.first(of: EventQuery(filter: alarms, last: 2)) == 6)
    #expect(memory.first(of: EventQuery(filter: alarms, last: 100)) == 0)
    let lines = String(decoding: memory.lines(5..<10, alarms), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("{\"seq\":6,") && lines[1].hasPrefix("{\"seq\":9,"))
  }
}
