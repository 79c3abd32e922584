// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternWire
import Testing

@Suite struct ActionRecordsTests {
  static func memory() -> ActionRecords.Memory {
    func comment(_ id: UInt64) -> LeaseComment {
      LeaseComment(user: Fixture.name("alice"), key: Fixture.name("laptop"), door: Fixture.name("ssh"), lease: LeaseID(id))
    }
    var open = ActionDebt(
      comment(1), source: Fixture.ip("192.0.2.7"), port: Port(4096), opens: [Fixture.name("a"), Fixture.name("b")],
      closes: [Fixture.name("c")], service: Fixture.name("d"))
    open.asked = [7: .init(Fixture.name("a"), .open), 9: .init(Fixture.name("e"), .open)]
    var closing = ActionDebt(comment(2), source: Fixture.ip("2001:db8::7"), port: nil, opens: [], closes: [], service: nil)
    closing.phase = .closing
    closing.asked = [8: .init(Fixture.name("c"), .close)]
    let bare = ActionDebt(comment(3), source: nil, port: nil, opens: [], closes: [Fixture.name("c")], service: nil)
    return .init(nextTicket: 10, debts: [open, closing, bare])
  }

  @Test func roundTrip() {
    #expect(ActionRecords.decoded(ActionRecords.encoded(Self.memory())) == Self.memory())
    #expect(ActionRecords.decoded(ActionRecords.encoded(ActionBook())) == ActionRecords.Memory())
  }

  @Test func everyTruncationIsRefused() {
    let bytes = ActionRecords.encoded(Self.memory())
    for length in bytes.indices { #expect(ActionRecords.decoded(Array(bytes[..<length])) == nil, "\(length) bytes") }
    #expect(ActionRecords.decoded(bytes + [0]) == nil)
  }

  @Test func whatIsReadIsWrittenTheSame() {
    let bytes = ActionRecords.encoded(Self.memory())
    for place in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[place] ^= 1 << UInt8(bit)
        guard let memory = ActionRecords.decoded(flipped) else { continue }
        #expect(ActionRecords.encoded(memory).count == bytes.count, "byte \(place), bit \(bit)")
      }
    }
  }
}
