// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire
import Testing

@Suite struct GateTablesCodecTests {
  struct Change: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let apply: @Sendable (inout GateTables) -> Void

    init(_ name: String, _ apply: @escaping @Sendable (inout GateTables) -> Void) {
      testDescription = name
      self.apply = apply
    }
  }

  @Test func roundTrip() throws {
    #expect(try Samples.gate.encoded().withBytes { try GateTables(decoding: $0) } == Samples.gate)
  }

  @Test func everyTruncationIsRefused() {
    let bytes = Samples.gate.encoded()
    for length in bytes.indices { #expect(Samples.gateError(Array(bytes[..<length])) == .truncated) }
  }

  @Test func trailingBytesAreRefused() {
    var bytes = Samples.gate.encoded()
    bytes.append(0)
    #expect(Samples.gateError(bytes) == .malformed)
    bytes[15] += 1  // the announced length now agrees, the fields do not
    #expect(Samples.gateError(bytes) == .malformed)
  }

  @Test(arguments: 0..<16) func headerIsExact(_ offset: Int) {
    var bytes = Samples.gate.encoded()
    bytes[offset] ^= 1
    #expect(Samples.gateError(bytes) != nil)
  }

  /// Whatever is accepted has one encoding only, and its indices are in range.
  @Test func flippedBitsAreRefusedOrMeanSomethingElse() throws {
    var bytes = Samples.gate.encoded()
    for index in bytes.indices {
      for bit in 0..<8 {
        bytes[index] ^= 1 << bit
        if Samples.gateError(bytes) == nil {
          let tables = try bytes.withBytes { try GateTables(decoding: $0) }
          #expect(tables.encoded() == bytes && tables != Samples.gate)
          #expect(tables.keys.allSatisfy { tables.users.indices.contains($0.user) })
          #expect(tables.users.allSatisfy { ($0.doors + [$0.defaultDoor ?? 0]).allSatisfy(tables.doors.indices.contains) })
        }
        bytes[index] ^= 1 << bit
      }
    }
  }

  @Test(arguments: [
    Change("a door for no system") { $0.doors[0].systems = SystemDemand([]) },
    Change("a door for a system that is none") { $0.doors[0].systems = SystemDemand(OperatingSystems(rawValue: 1 << 15)) },
    Change("too many signatures") {
      $0.signatures = Array(repeating: $0.signatures[0], count: TableLimits.signatures + 1)
    },
    Change("no gateway key") { $0.gatewayKeys = [] }, Change("three gateway keys") { $0.gatewayKeys += $0.gatewayKeys },
    Change("no admission") { $0.admissions = [] }, Change("three admissions") { $0.admissions += $0.admissions },
    Change("unknown address mode") { $0.doors[0].addresses = AddressModes(rawValue: 8) },
    Change("user's burst of zero") { $0.users[1].keyBucket?.burst = 0 },
    Change("user of a key") { $0.keys[0].user = 2 }, Change("negative user") { $0.keys[0].user = -1 },
    Change("door of a key") { $0.keys[1].door = 2 }, Change("deed of a key") { $0.keys[1].deed = .run(2) },
    Change("action of a user") { $0.users[1].actions = [2] }, Change("empty alias") { $0.actions[0].aliases = [""] },
    Change("too many actions") { $0.actions = Array(repeating: $0.actions[0], count: TableLimits.actions + 1) },
    Change("three forwards") { $0.doors[1].forwards += $0.doors[1].forwards },
    Change("door of a user") { $0.users[0].doors = [2] },
    Change("default door") { $0.users[1].defaultDoor = 2 }, Change("lease of zero") { $0.doors[0].defaultLease = 0 },
    Change("lease over longest") { $0.doors[0].defaultLease = 3601 },
    Change("longest over a day") { $0.doors[0].longestLease = 86_401 },
    Change("user's longest of zero") { $0.users[0].longestLease = 0 }, Change("burst of zero") { $0.keyBucket.burst = 0 },
    Change("refill of zero") { $0.keyBucket.refill = .seconds(0) },
    Change("negative refill") { $0.keyBucket.refill = .seconds(-1) },
    Change("no budget") { $0.curveBudget = 0 },
    Change("too many doors") { $0.doors = Array(repeating: $0.doors[0], count: TableLimits.doors + 1) },
    Change("too many users") { $0.users = Array(repeating: $0.users[0], count: TableLimits.users + 1) },
    Change("no passphrase") { changeFwknop(&$0) { $0.passphrase = [] } },
    Change("passphrase of 33 bytes") { changeFwknop(&$0) { $0.passphrase = Array(repeating: 1, count: 33) } },
    Change("code key of 129 bytes") { changeFwknop(&$0) { $0.codeKey = Array(repeating: 1, count: 129) } },
    Change("code key like the passphrase") { changeFwknop(&$0) { $0.codeKey = $0.passphrase } },
    Change("legacy with a code") { changeFwknop(&$0) { $0.mode = .legacy } },
    Change("long user") { changeFwknop(&$0) { $0.user = String(repeating: "x", count: 49) } },
    Change("too many keys") { $0.keys = Array(repeating: $0.keys[0], count: TableLimits.keys + 1) },
  ]) func outOfRangeIsRefused(_ change: Change) {
    var tables = Samples.gate
    change.apply(&tables)
    #expect(Samples.gateError(tables.encoded()) == .malformed)
  }

  private static func changeFwknop(_ tables: inout GateTables, _ change: (inout FwknopCredential) -> Void) {
    guard var credential = tables.keys[3].credential.fwknop else { return }
    change(&credential)
    tables.keys[3].credential = .fwknop(credential)
  }

  @Test func tenThousandUsers() throws {
    var tables = Samples.gate
    tables.users = Array(repeating: tables.users[0], count: 10_000)
    tables.keys = (0..<20_000).map {
      GateTables.ClientKey(user: $0 / 2, publicKey: Samples.filled(1), presharedKey: .zero, validity: Samples.some)
    }
    let start = ContinuousClock.now
    #expect(try tables.encoded().withBytes { try GateTables(decoding: $0) } == tables)
    #expect(start.duration(to: .now) < .seconds(10))  // generous: quadratic work takes minutes
  }

  @Test func erasedTablesHoldNoSecret() {
    var tables = Samples.gate
    tables.eraseSecrets()
    #expect(
      tables.gatewayKeys.allSatisfy { $0.privateKey == .zero }
        && tables.keys.compactMap(\.credential.spa).allSatisfy { $0.presharedKey == .zero })
    let fwknop = tables.keys.compactMap(\.credential.fwknop)
    #expect(fwknop.count == 2 && fwknop.allSatisfy { ($0.passphrase + $0.codeKey).allSatisfy { $0 == 0 } })
    #expect(tables.admissions.allSatisfy { $0.secret == .zero })
  }
}
