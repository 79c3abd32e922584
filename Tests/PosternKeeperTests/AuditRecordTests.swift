// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternWire
import Testing

@Suite struct AuditRecordTests {
  private static let now = Moment(wall: Timestamp(seconds: 1_800_000_000), uptime: 5_000_000_000)
  private static let lease = Lease(
    comment: LeaseComment(
      user: Fixture.name("alice"), key: Fixture.name("laptop"), door: Fixture.name("ssh"), lease: LeaseID(0xabc)),
    elements: [Bench().element("192.0.2.7"), Bench().element("2001:db8::7")], end: 35_000_000_000)

  private func record(_ event: AuditEvent, operatorID: UInt32? = nil) -> AuditRecord {
    AuditRecord(
      event, stamp: EventStamp(sequence: 7, run: 0x1234, boot: 0xabcdef01), time: Self.now, operatorID: operatorID)
  }

  @Test func theLineBeginsWithItsPlace() {
    let grant = record(.granted(Self.lease, seconds: 30, renewed: false, notes: [], refused: [:]), operatorID: 1000)
    #expect(
      String(decoding: grant.json, as: UTF8.self)
        == #"{"seq":7,"run":"0000000000001234","boot":"abcdef01","time":"2027-01-15T08:00:00.000Z","event":"grant","operator":1000,"#
        + #""user":"alice","key":"laptop","door":"ssh","lease":"0000000000000abc","elements":["192.0.2.7 tcp/22","2001:db8::7 tcp/22"],"#
        + #""seconds":30,"ends":"2027-01-15T08:00:30.000Z"}"# + "\n")
    #expect(EventStamp(startOf: grant.json) == grant.stamp)
  }

  @Test func theJournalGetsFields() {
    let grant = record(.granted(Self.lease, seconds: 30, renewed: false, notes: [], refused: [:]), operatorID: 1000)
    #expect(
      String(decoding: grant.journal.bytes, as: UTF8.self).split(separator: "\n") == [
        "MESSAGE=alice/laptop opens ssh for 30 s: 192.0.2.7 tcp/22, 2001:db8::7 tcp/22",
        "MESSAGE_ID=5e8be7effa0e4db09a3590b92a1bd9a8", "PRIORITY=6", "SYSLOG_IDENTIFIER=posternd", "POSTERN_EVENT=grant",
        "POSTERN_SEQ=7", "POSTERN_RUN=0000000000001234", "POSTERN_OPERATOR=1000", "POSTERN_USER=alice", "POSTERN_KEY=laptop",
        "POSTERN_DOOR=ssh", "POSTERN_SRC=192.0.2.7", "POSTERN_SRC=2001:db8::7", "POSTERN_LEASE=0000000000000abc",
        "POSTERN_EXPIRES=2027-01-15T08:00:30.000Z",
      ])
    let refusal = record(
      .refused(.init(denial: .stale, user: Fixture.name("alice"), key: Fixture.name("laptop"), source: Fixture.ip("192.0.2.7"))))
    #expect(
      String(decoding: refusal.journal.bytes, as: UTF8.self).split(separator: "\n") == [
        "MESSAGE=alice/laptop was refused: stale", "MESSAGE_ID=3383045a5a3e4d88b7c0e22ac2d27a15", "PRIORITY=5",
        "SYSLOG_IDENTIFIER=posternd", "POSTERN_EVENT=refusal", "POSTERN_SEQ=7", "POSTERN_RUN=0000000000001234",
        "POSTERN_USER=alice", "POSTERN_KEY=laptop", "POSTERN_SRC=192.0.2.7", "POSTERN_REASON=stale",
      ])
  }

  @Test func filtersLookAtTheSubject() {
    let granted = record(.granted(Self.lease, seconds: 30, renewed: false, notes: [], refused: [:]))
    let stopped = record(.stopped)
    #expect(granted.passes(EventFilter()) && stopped.passes(EventFilter()))
    #expect(granted.passes(EventFilter(user: Fixture.name("alice"), door: Fixture.name("ssh"), kinds: [.grant, .stop])))
    #expect(!granted.passes(EventFilter(user: Fixture.name("bob"))) && !stopped.passes(EventFilter(user: Fixture.name("alice"))))
    #expect(!granted.passes(EventFilter(door: Fixture.name("web"))) && !granted.passes(EventFilter(kinds: [.stop])))
    #expect(granted.passes(EventFilter(since: Self.now.wall)))
    #expect(!granted.passes(EventFilter(since: Self.now.wall + .milliseconds(1))))
  }
}
