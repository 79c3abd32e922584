// SPDX-License-Identifier: Apache-2.0
import Testing
import posternctl

@Suite struct TextTableTests {
  @Test func columnsAreAligned() {
    var table = TextTable(heading: ["NAME", "N"])
    table.add(["a", "1"])
    table.add(["longer", "22"])
    #expect(table.lines == ["NAME    N", "a       1", "longer  22"])
  }

  @Test func noBlanksAtTheEndAndNoControls() {
    var table = TextTable()
    table.add(["a", "", ""])
    table.add(["b\u{1b}[2J", "x", "y"])
    #expect(table.lines == ["a", "b[2J  x  y"])
  }

  @Test func nothing() { #expect(TextTable().lines == []) }

  @Test func statusBeginsWithWhatMatters() throws {
    let status = try #require(
      JSONValue(json: #"{"pid":7,"zebra":1,"refused":[],"gate":"ready","alarms":["no set","no table"],"counters":["a 1","b 2"]}"#)
    )
    #expect(
      StatusTable(status).lines == [
        "alarms    no set", "          no table", "gate      ready", "pid       7", "counters  a 1", "          b 2",
        "refused   -",
        "zebra     1",
      ])
  }

  @Test func statusShowsEveryMember() throws {
    let status = try #require(
      JSONValue(json: #"{"version":"1","gate":{"pid":7,"ready":true,"counters":{}},"groups":[5,6],"since":null,"load":0.5}"#))
    #expect(
      StatusTable(status).lines == [
        "gate.counters", "gate.pid       7", "gate.ready     yes", "groups         5", "               6", "load           0.5",
        "since          -", "version        1",
      ])
  }

  @Test func doors() throws {
    let door = try #require(
      JSONValue(
        json: """
          {"door":"ssh","services":["tcp/22"],"lease":30,"longest":3600,"leases":2,"users":1,"sets":["inet postern door4",\
          "inet postern door6"],"elements":[2,1],"sizes":[65536,0],"alarms":["no \\u001b[1mset"]}
          """))
    #expect(
      DoorTable([door, .object([:])]).lines == [
        "DOOR  SERVICES  LEASE  LONGEST   USERS  OPEN  SETS",
        "ssh   tcp/22    30s    1h00m00s  1      2     inet postern door4 2/65536, inet postern door6 1",
        "-     -         -      -         -      -     -", "alarm: no [1mset",
      ])
  }

  @Test func users() throws {
    let user = try #require(
      JSONValue(
        json: """
          {"user":"alice","valid":true,"not-after":"2030-03-17T17:46:40.000Z","doors":["ssh","web"],"keys":["laptop","phone"],\
          "keys-not-valid":["phone"],"longest":3600,"leases":1}
          """))
    #expect(
      UserTable([user, .object([:])]).lines == [
        "USER   VALID  UNTIL                     DOORS     KEYS             OPEN  LAST KNOCK",
        "alice  yes    2030-03-17T17:46:40.000Z  ssh, web  laptop, (phone)  1     -",
        "-      -      -                         -         -                -     -",
      ])
  }

  @Test func bans() throws {
    let ban = try #require(
      JSONValue(
        json: """
          {"source":"2001:db8::/64","cause":"ports","manual":false,"repeats":2,"since":"2026-11-23T08:00:00Z","seconds-left":61,\
          "ends":"2026-11-23T09:00:00Z"}
          """))
    #expect(
      BanTable([ban]).lines == [
        "SOURCE         CAUSE  SINCE                 LEFT   ENDS                  REPEATS",
        "2001:db8::/64  ports  2026-11-23T08:00:00Z  1m01s  2026-11-23T09:00:00Z  2",
      ])
  }

  @Test func leases() throws {
    let lease = try #require(
      JSONValue(
        json: """
          {"lease":"0123456789abcdef","user":"alice","key":"laptop","door":"ssh","elements":["192.0.2.7 tcp/22","2001:db8::7 tcp/22"],\
          "seconds-left":61,"ends":"2026-11-23T09:00:00Z"}
          """))
    #expect(
      LeaseTable([lease, .object(["user": .string("b\u{1b}ob")])]).lines == [
        "LEASE             USER   KEY     DOOR  LEFT   ENDS                  ADMITS",
        "0123456789abcdef  alice  laptop  ssh   1m01s  2026-11-23T09:00:00Z  192.0.2.7 tcp/22, 2001:db8::7 tcp/22",
        "-                 bob    -       -     -      -                     -",
      ])
  }

  @Test(arguments: [
    (0, "0s"), (-5, "0s"), (59, "59s"), (60, "1m00s"), (3599, "59m59s"), (3600, "1h00m00s"), (90_061, "25h01m01s"),
  ])
  func durations(_ seconds: Int64, _ text: String) { #expect(LeaseTable.duration(seconds) == text) }
}
