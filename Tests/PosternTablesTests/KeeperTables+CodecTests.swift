// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct KeeperTablesCodecTests {
  struct Change: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let apply: @Sendable (inout KeeperTables) -> Void

    init(_ name: String, _ apply: @escaping @Sendable (inout KeeperTables) -> Void) {
      testDescription = name
      self.apply = apply
    }
  }

  @Test func roundTrip() throws {
    var tables = try Samples.keeper()
    #expect(try tables.encoded().withBytes { try KeeperTables(decoding: $0) } == tables)
    tables.auditFile = nil
    tables.notices = []
    tables.access = .init(operators: nil, viewers: 0)
    for journal in [KeeperTables.Journal.off, .whenThere("/run/a"), .always("/run/b")] {
      tables.journal = journal
      #expect(try tables.encoded().withBytes { try KeeperTables(decoding: $0) } == tables)
    }
  }

  @Test func severalGates() throws {
    var tables = try Samples.keeper()
    tables.groups = [5, 6]
    tables.queues = []
    tables.gates = 2
    #expect(try tables.encoded().withBytes { try KeeperTables(decoding: $0) } == tables)
    for (groups, queues, gates) in [([5], [], 2), ([5, 6], [5], 2), ([5], [], 0), ([1, 2, 3, 4, 5], [], 5)]
      as [([UInt16], [UInt16], Int)]
    {
      (tables.groups, tables.queues, tables.gates) = (groups, queues, gates)
      #expect(Samples.keeperError(tables.encoded()) == .malformed)
    }
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try Samples.keeper().encoded()
    for length in bytes.indices { #expect(Samples.keeperError(Array(bytes[..<length])) == .truncated) }
  }

  @Test func trailingBytesAreRefused() throws {
    var bytes = try Samples.keeper().encoded()
    bytes.append(0)
    #expect(Samples.keeperError(bytes) == .malformed)
    let length = bytes.count - 16
    bytes[14] = UInt8(length >> 8)
    bytes[15] = UInt8(length & 255)
    #expect(Samples.keeperError(bytes) == .malformed)
  }

  @Test func gateTablesAreNoKeeperTables() throws {
    #expect(Samples.keeperError(Samples.gate.encoded()) == .malformed)
    #expect(Samples.gateError(try Samples.keeper().encoded()) == .malformed)
  }

  @Test func flippedBitsAreRefusedOrMeanSomethingElse() throws {
    let original = try Samples.keeper()
    var bytes = original.encoded()
    for index in bytes.indices {
      for bit in 0..<8 {
        bytes[index] ^= 1 << bit
        if Samples.keeperError(bytes) == nil {
          let tables = try bytes.withBytes { try KeeperTables(decoding: $0) }
          #expect(tables.encoded() == bytes && tables != original)
          #expect(tables.keys.allSatisfy { tables.users.indices.contains($0.user) })
          #expect(tables.users.allSatisfy { $0.doors.allSatisfy(tables.doors.indices.contains) })
        }
        bytes[index] ^= 1 << bit
      }
    }
  }

  @Test(arguments: [
    Change("no group") { $0.groups = [] }, Change("17 groups") { $0.groups = Array(0...16) },
    Change("5 queues") { $0.queues = Array(0...4) }, Change("long hold") { $0.doors[0].hold = 2001 },
    Change("user of a key") { $0.keys[0].user = 2 },
    Change("door of a user") { $0.users[0].doors = [2] }, Change("lease of zero") { $0.doors[0].longestLease = 0 },
    Change("lease over a day") { $0.doors[0].longestLease = 86_401 },
    Change("user's longest") { $0.users[0].longestLease = 86_401 },
    Change("empty directory") { $0.stateDirectory = "" }, Change("NUL in a path") { $0.auditFile = "/a\u{0}b" },
    Change("long socket") { $0.controlSocket = String(repeating: "x", count: 108) },
    Change("empty set name") { $0.doors[0].ipv6?.set = "" },
    Change("long set name") { $0.doors[0].ipv6?.set = String(repeating: "x", count: 256) },
    Change("three gateway keys") { $0.gatewayKeys = Array(repeating: $0.gatewayKeys[0], count: 3) },
    Change("three admissions") { $0.admissions = Array(repeating: $0.admissions[0], count: 3) },
    Change("gateway key without a file") { $0.gatewayKeys[0].file = "" },
    Change("no ring") { $0.rings = [] }, Change("empty ring") { $0.rings[0].slots = 0 },
    Change("huge ring") { $0.rings[0].slots = TableLimits.ringSlots + 1 },
    Change("long notice") { $0.notices = [String(repeating: "x", count: 513)] },
    Change("too many notices") { $0.notices = Array(repeating: "x", count: TableLimits.notices + 1) },
    Change("too many services") { $0.doors[0].services = Array(repeating: $0.doors[0].services[0], count: 65) },
    Change("too many destinations") { $0.doors[0].destinations = Array(repeating: .v4(.zero), count: 65) },
    Change("key of nothing") { $0.doors[0].key = [] }, Change("key without a source") { $0.doors[0].key = [.port] },
    Change("part of a key twice") { $0.doors[0].key = [.sourceAddress, .port, .port] },
    Change("half the internet") { $0.doors[0].prefix4 = 7 }, Change("prefix over the width") { $0.doors[0].prefix4 = 33 },
    Change("IPv6 prefix too short") { $0.doors[0].prefix6 = 15 }, Change("IPv6 prefix too long") { $0.doors[0].prefix6 = 129 },
    Change("too many sources") { $0.users[0].sources = Array(repeating: $0.users[0].sources[0], count: 257) },
    Change("too many doors") { $0.doors = Array(repeating: $0.doors[0], count: TableLimits.doors + 1) },
    Change("too many users") { $0.users = Array(repeating: $0.users[0], count: TableLimits.users + 1) },
    Change("too many keys") { $0.keys = Array(repeating: $0.keys[0], count: TableLimits.keys + 1) },
  ]) func outOfRangeIsRefused(_ change: Change) throws {
    var tables = try Samples.keeper()
    change.apply(&tables)
    #expect(Samples.keeperError(tables.encoded()) == .malformed)
  }

  @Test func tenThousandUsers() throws {
    var tables = try Samples.keeper()
    tables.users = Array(repeating: tables.users[0], count: 10_000)
    tables.keys = (0..<20_000).map { KeeperTables.ClientKey(user: $0 / 2, name: tables.keys[0].name, validity: .always) }
    let start = ContinuousClock.now
    #expect(try tables.encoded().withBytes { try KeeperTables(decoding: $0) } == tables)
    #expect(start.duration(to: .now) < .seconds(10))  // generous: quadratic work takes minutes
  }
}
