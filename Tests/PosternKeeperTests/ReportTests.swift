// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct ReportTests {
  private func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func doorsTellWhatStands() {
    var bench = Bench()
    _ = bench.receive(Fixture.grant("192.0.2.7", "2001:db8::7", id: 1), Fixture.grant(key: 2, id: 2))
    _ = bench.keeper.adopt(
      [FoundElement(element: bench.element("192.0.2.99"), remaining: nil, comment: "by hand")], at: bench.now)
    let sets = [Report.SetState(size: 65_536, troubles: []), Report.SetState(size: nil, troubles: ["no such set"])]
    #expect(
      lines(Report.doors(bench.keeper.rules, bench.keeper.book, sets: sets)) == [
        #"{"door":"ssh","services":["tcp/22"],"lease":30,"longest":600,"leases":2,"users":2,"#
          + #""sets":["inet postern door4","inet postern door6"],"elements":[2,1],"sizes":[65536,0],"alarms":["no such set"]}"#,
        #"{"door":"web","services":["tcp/443"],"lease":30,"longest":600,"leases":0,"users":1,"#
          + #""sets":["inet postern door4"],"elements":[2],"sizes":[65536],"alarms":[]}"#,
      ])
  }

  @Test func usersTellWhatTheyMay() {
    var tables = Fixture.tables()
    tables.users[0].validity.notAfter = Timestamp(seconds: 1_900_000_000)
    tables.keys[1].validity.notAfter = Timestamp(seconds: 1_700_000_000)
    tables.users[1].validity.notBefore = Timestamp(seconds: 1_900_000_000)
    var bench = Bench(tables)
    _ = bench.receive(Fixture.grant(id: 1))
    #expect(
      lines(Report.users(bench.keeper.rules, bench.keeper.book, at: bench.now)) == [
        #"{"user":"alice","valid":true,"not-after":"2030-03-17T17:46:40.000Z","doors":["ssh","web"],"keys":["laptop","phone"],"#
          + #""keys-not-valid":["phone"],"longest":3600,"leases":1,"last-knock":"2027-01-15T08:00:00.000Z"}"#,
        #"{"user":"bob","valid":false,"not-before":"2030-03-17T17:46:40.000Z","doors":["ssh"],"keys":["desk"],"#
          + #""keys-not-valid":[],"longest":3600,"leases":0}"#,
      ])
  }
}
