// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternControl
import PosternKeeper
import PosternKnock
import PosternWire
import Testing

/// The page that programs are written from, and the code, say the same.
@Suite struct JSONPageTests {
  private static func page() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    return try String(
      contentsOf: root.appendingPathComponent("Sources/PosternControl/PosternControl.docc/JSON.md"), encoding: .utf8)
  }

  /// One event of each kind, with every member that it can have.
  private static let events: [AuditEvent] = {
    let lease = Lease(
      comment: LeaseComment(
        user: Fixture.name("alice"), key: Fixture.name("laptop"), door: Fixture.name("ssh"), lease: LeaseID(1)),
      elements: [Bench().element("192.0.2.7")], end: 9)
    let refused = [Bench().element("192.0.2.7"): Denial.setFull]
    var refusal = AuditEvent.Refusal(
      denial: .stale, user: Fixture.name("alice"), key: Fixture.name("laptop"), door: Fixture.name("ssh"),
      source: Fixture.ip("192.0.2.7"), skew: .seconds(1))
    refusal.heldBack = 1
    let author = ForeignChange.Author(program: "nft", process: 7)
    let tuple = FlowTuple(
      source: Fixture.ip("192.0.2.7"), sourcePort: 4000, destination: Fixture.ip("192.0.2.1"), destinationPort: 22,
      transport: .tcp)
    var flow = Flow(tuple: tuple, server: Fixture.ip("10.0.0.5"), serverPort: 2222)
    (flow.packets, flow.bytes) = (1, 40)
    let session = Session(flow: flow, comment: lease.comment, begin: Timestamp(seconds: 1))
    let call = ActionCall(
      program: 0, occasion: .open, user: Fixture.name("alice"), key: Fixture.name("laptop"), door: Fixture.name("ssh"),
      source: Fixture.ip("192.0.2.7"), port: Port(4096), lease: LeaseID(1), seconds: 1)
    var spared = AuditEvent.Refusal(denial: .neverBanned, source: Fixture.ip("192.0.2.7"))
    spared.heldBack = 1
    let ban = Ban(
      source: Suspect.source(of: Fixture.ip("192.0.2.7")), cause: .evidence(.ports), repeats: 1, since: Timestamp(seconds: 1),
      end: 9)
    return [
      .banned(ban, seconds: 1), .unbanned(ban, .expired), .banRefused(spared),
      .session(session), .sessionEnded(session, .cut, at: Timestamp(seconds: 2)),
      .started(generation: 1), .stopped, .gateReady(generation: 1, ring: .continued),
      .gateReady(generation: 1, ring: .fencedBoot), .gateEnded(reason: "x", retryMilliseconds: 1),
      .granted(lease, seconds: 1, renewed: true, notes: [.leaseCut], refused: refused), .refused(refusal),
      .observed(lease, seconds: 30, notes: .leaseCut),
      .adopted(lease, seconds: 1), .ended(lease, .expired), .closeFailed(lease, .setFull),
      .revoked(.init(user: Fixture.name("alice"), leases: 1, stays: [], unseen: [])), .reloaded(generation: 2),
      .reloadRefused(reason: "x"), .deleted(lease, isOver: false, author), .deleted(lease, isOver: true, author),
      .setsLost(["x"], leases: 1, author), .restored(["x"], leases: 1, elements: 1, refused: refused, author),
      .strangers([.wrongTag: 1]), .alarm("x"), .auditLost(1),
      .run(Fixture.name("x"), call), .service(ActionResult(Fixture.name("x"), call, ActionEnd(.serviceEnded)), listens: false),
    ]
      + [ActionOutcome.exited(1), .killed(9), .notStarted(.execute, errno: 2), .timedOut].map {
        .action(ActionResult(Fixture.name("x"), call, ActionEnd($0, milliseconds: 1, output: [65], outputCount: 1)))
      }
  }()

  @Test func everyKindOfEventIsTried() { #expect(Set(Self.events.map(\.kind)) == Set(EventKind.allCases)) }

  /// The row of an event, which ends with its MESSAGE_ID, names every member of its line.
  @Test(arguments: events) func everyMemberStandsOnThePage(_ event: AuditEvent) throws {
    let rows = try Self.page().split(separator: "\n").filter {
      $0.hasPrefix("| `\(event.kind)` |") && $0.hasSuffix("| `\(event.kind.messageID)` |")
    }
    let row = try #require(rows.first).replacing("*lease*", with: "`lease`, `user`, `key`, `door`, `elements`")
      .replacing("*action*", with: "`action`, `occasion`, `user`, `key`, `door`, `lease`, `source`, `source-port`")
      .replacing("*revocation*", with: "`user`, `leases`, `stays`, `unseen`")
    let now = Moment(wall: Timestamp(seconds: 1), uptime: 1)
    let record = AuditRecord(event, stamp: EventStamp(sequence: 1, run: 2, boot: 3), time: now, operatorID: 0)
    let members = String(decoding: record.json, as: UTF8.self).matches(of: /"([a-z0-9-]+)":/).map { String($0.1) }
    #expect(members.prefix(6) == ["seq", "run", "boot", "time", "event", "operator"])
    for member in members.dropFirst(6) { #expect(row.contains("`\(member)`"), "\(member)") }
  }
}
