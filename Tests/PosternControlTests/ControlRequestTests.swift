// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternWire
import Testing

@Suite struct ControlRequestTests {
  static func name(_ text: String) throws -> Name { try #require(Name(text)) }

  @Test func eachRequestHasItsLine() throws {
    let alice = try Self.name("alice")
    let ssh = try Self.name("ssh")
    let addresses = try ["192.0.2.7", "2001:db8::7"].map { try #require(IPAddress($0)) }
    let every = EventFilter(user: alice, door: ssh, kinds: [.grant, .leaseEnd], since: Timestamp(nanoseconds: 5))
    let rows: [(ControlRequest, String)] = [
      (.status, "status"), (.leases, "leases"), (.doors, "doors"), (.sessions, "sessions"),
      (.cut(.user(alice)), "cut user alice"), (.cut(.lease(LeaseID(1))), "cut lease 0000000000000001"),
      (.cut(.session(SessionID(0xab))), "cut session 000000ab"), (.users, "users"),
      (.close(LeaseID(0xabc)), "close 0000000000000abc"), (.revoke(alice), "revoke alice"),
      (.extend(LeaseID(1), .lasting(60)), "extend 0000000000000001 for 60"),
      (.extend(LeaseID(1), .added(.max)), "extend 0000000000000001 by 4294967295"),
      (.open(.init(user: alice, door: ssh, addresses: [addresses[0]])), "open alice ssh - 192.0.2.7"),
      (
        .open(.init(user: alice, key: try Self.name("laptop"), door: ssh, seconds: 600, addresses: addresses)),
        "open alice/laptop ssh 600 192.0.2.7 2001:db8::7"
      ),
      (.bans, "bans"), (.ban(try #require(AddressPrefix("192.0.2.0/24")), seconds: 3600), "ban 192.0.2.0/24 3600"),
      (.unban(try #require(AddressPrefix("2001:db8::/64"))), "unban 2001:db8::/64"),
      (.events(.init()), "events"),
      (
        .events(.init(filter: every, last: 7, follows: true)),
        "events follow user alice door ssh event grant,lease-end since 5 last 7"
      ),
    ]
    for (request, line) in rows {
      #expect(request.line == line + "\n")
      #expect(ControlRequest(line: line) == request)
    }
  }

  static let refused = [
    "", " ", "status ", " status", "status now", "Status", "leases\u{0}", "close", "close 1", "close 0000000000000ABC", "revoke",
    "revoke alice bob", "cut", "cut alice", "cut session 0000000000000001", "cut lease 1", "cut user Alice", "cut user alice ",
    "revoke Alice", "extend 0000000000000001 60", "extend 0000000000000001 for 060",
    "extend 0000000000000001 for +60", "extend 0000000000000001 for 4294967296", "extend 0000000000000001 until 60",
    "open alice ssh 192.0.2.7", "open alice ssh -", "open alice/ ssh - 192.0.2.7", "open alice/a/b ssh - 192.0.2.7",
    "open alice ssh 01 192.0.2.7", "open alice ssh - 192.0.2.07", "open alice ssh - 2001:DB8::7", "open alice ssh - 192.0.2.7 ",
    "open alice ssh -" + String(repeating: " 192.0.2.7", count: 9), "events follow follow", "events door ssh user alice",
    "events user", "events event", "events event grant,grant", "events event lease-end,grant", "events event bang",
    "events since x",
    "events last -1", "events now", "bans all", "ban 192.0.2.7 60", "ban 192.0.2.7/24 60", "ban 192.0.2.7/32",
    "ban 192.0.2.7/32 060",
    "ban 192.0.2.7/33 60", "ban 192.0.2.7/032 60", "unban", "unban 192.0.2.7", "unban 2001:DB8::/64", "unban 192.0.2.7/32 60",
  ]
  @Test(arguments: refused) func nothingElseIsARequest(_ line: String) { #expect(ControlRequest(line: line) == nil) }

  @Test func theLongestFits() throws {
    let long = try Self.name(String(repeating: "n", count: Name.maximumLength))
    let address = try #require(IPAddress("2001:db8:1111:2222:3333:4444:5555:6666"))
    let opening = OperatorOpening(
      user: long, key: long, door: long, seconds: .max, addresses: Array(repeating: address, count: OperatorOpening.addressLimit))
    let filter = EventFilter(user: long, door: long, kinds: Set(EventKind.allCases), since: Timestamp(nanoseconds: .max))
    for request in [ControlRequest.open(opening), .events(.init(filter: filter, last: .max, follows: true))] {
      #expect(request.line.utf8.count <= ControlRequest.lineLimit)
      #expect(ControlRequest(line: request.line.dropLast()) == request)
    }
  }

  @Test func viewersOnlyLook() throws {
    let alice = try Self.name("alice")
    for request in [ControlRequest.status, .leases, .doors, .users, .events(.init()), .bans] { #expect(request.role == .viewer) }
    let opening = OperatorOpening(user: alice, door: alice, addresses: [])
    let network = try #require(AddressPrefix("192.0.2.0/24"))
    for request in [ControlRequest.ban(network, seconds: 1), .unban(network)] { #expect(request.role == .operator) }
    for request in [ControlRequest.close(LeaseID(1)), .revoke(alice), .extend(LeaseID(1), .added(1)), .open(opening)] {
      #expect(request.role == .operator)
    }
  }
}
