// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternTables
import PosternWire
import Testing

/// SYNs as their systems send them, and every property that tells systems apart changed.
@Suite struct SystemTableTests {
  /// Headers of one SYN; addresses and ports are documentation's.
  struct Sent: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let system: OperatingSystem
    var hopLimit: UInt8
    var isIdentified = true
    var window: UInt16
    var options: [UInt8]

    init(
      _ name: String, _ system: OperatingSystem, hops: UInt8, window: UInt16, _ options: [UInt8], isIdentified: Bool = true
    ) {
      testDescription = name
      self.system = system
      hopLimit = hops
      self.window = window
      self.options = options
      self.isIdentified = isIdentified
    }
  }

  private static let size: [UInt8] = [2, 4, 5, 0xb4]
  private static let times: [UInt8] = [8, 10, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0]
  private static let sok: [UInt8] = [4, 2]
  private static func scale(_ bits: UInt8) -> [UInt8] { [3, 3, bits] }

  static let sent: [Sent] = [
    Sent("Linux 2.4", .linux, hops: 52, window: 5840, size + sok + times + [1] + scale(0)),
    Sent("Linux 2.6", .linux, hops: 64, window: 5840, size + sok + times + [1] + scale(7)),
    Sent("Linux 3.2", .linux, hops: 50, window: 14_600, size + sok + times + [1] + scale(7)),
    Sent("Linux 4.9", .linux, hops: 47, window: 29_200, size + sok + times + [1] + scale(7)),
    Sent("Linux 6.1", .linux, hops: 64, window: 64_240, size + sok + times + [1] + scale(7)),
    Sent("Linux 6.1, behind a PPPoE router", .linux, hops: 60, window: 64_240, [2, 4, 5, 0xac] + sok + times + [1] + scale(7)),
    Sent("Linux 6.1, in a tunnel", .linux, hops: 63, window: 64_860, [2, 4, 5, 0x64] + sok + times + [1] + scale(7)),
    Sent("Windows 10, in a tunnel", .windows, hops: 127, window: 65_280, [2, 4, 5, 0x50] + [1] + scale(8) + [1, 1] + sok),
    Sent("Android 13", .linux, hops: 55, window: 65_535, size + sok + times + [1] + scale(8)),
    Sent("Windows XP", .windows, hops: 117, window: 65_535, size + [1, 1] + sok),
    Sent("Windows 7", .windows, hops: 128, window: 8192, size + [1] + scale(2) + [1, 1] + sok),
    Sent("Windows 10", .windows, hops: 113, window: 64_240, size + [1] + scale(8) + [1, 1] + sok),
    Sent("Windows 11", .windows, hops: 128, window: 65_535, size + [1] + scale(8) + [1, 1] + sok),
    Sent("Mac OS X 10.6", .macos, hops: 51, window: 65_535, size + [1] + scale(3) + [1, 1] + times + sok + [0, 0]),
    Sent(
      "macOS 14", .macos, hops: 64, window: 65_535, size + [1] + scale(6) + [1, 1] + times + sok + [0, 0], isIdentified: false),
    Sent("FreeBSD 9", .freebsd, hops: 49, window: 65_535, size + [1] + scale(6) + sok + times),
    Sent("FreeBSD 13", .freebsd, hops: 64, window: 65_535, size + [1] + scale(6) + sok + times, isIdentified: false),
    Sent("OpenBSD 6", .openbsd, hops: 58, window: 16_384, size + [1, 1] + sok + [1] + scale(6) + [1, 1] + times),
    Sent("Solaris 9", .solaris, hops: 60, window: 49_640, size + [1, 1] + sok),
    Sent("Solaris 10", .solaris, hops: 60, window: 49_640, size + [1] + scale(0) + [1, 1] + sok),
  ]

  static func packet(_ sent: Sent, payload: [UInt8] = [], flags: TCPHeader.Flags = .syn) throws -> [UInt8] {
    let source = IPAddress.v4(IPv4Address(0xc000_0207))
    var builder = try #require(PacketBuilder(from: source, to: .v4(IPv4Address(0xc000_0201))))
    builder.hopLimit = sent.hopLimit
    builder.dontFragment = true
    builder.identification = sent.isIdentified ? 0x1234 : 0
    return builder.tcp(
      from: 40_000, to: 22, flags: flags, sequence: 1, window: sent.window, options: sent.options, payload: payload)
  }

  static func signature(_ packet: [UInt8]) throws -> SynSignature {
    try #require(packet.withBytes { (bytes) throws(PacketFlaw) in SynSignature(try PacketView(bytes)) })
  }

  private let table = SystemTable(Scene().tables)

  private func found(_ packet: [UInt8]) throws -> [OperatingSystem] {
    table.systems(of: try Self.signature(packet)).members
  }

  @Test(arguments: sent) func eachIsOfItsSystemAlone(_ sent: Sent) throws {
    #expect(try found(Self.packet(sent)) == [sent.system])
  }

  /// As a router on the way leaves them, at the end of the longest path and behind it.
  @Test(arguments: sent) func anyDistance(_ sent: Sent) throws {
    var far = sent
    let initial: UInt8 = sent.system == .windows ? 128 : 64
    far.hopLimit = initial - SynPattern.mostHops
    #expect(try found(Self.packet(far)) == [sent.system])
    far.hopLimit -= 1
    #expect(try found(Self.packet(far)) == [])
    far.hopLimit = initial + 1
    #expect(try !found(Self.packet(far)).contains(sent.system))
  }

  @Test(arguments: sent) func everyChangedPropertyBreaksIt(_ sent: Sent) throws {
    let packet = try Self.packet(sent)
    var changed = sent
    changed.window &-= 7
    #expect(try found(Self.packet(changed)) == [], "window")
    #expect(try !found(Self.packet(sent, payload: [1])).contains(sent.system), "data")
    #expect(try !found(Self.packet(sent, flags: [.syn, .psh])).contains(sent.system), "push")
    #expect(try found(Self.packet(sent, flags: [.syn, .ece, .cwr])) == [sent.system], "a setting, no property of the system")
    changed = sent
    // Another option in the place of each, of the same length.
    var offset = 0
    while offset < sent.options.count {
      let length = sent.options[offset] < 2 ? 1 : Int(sent.options[offset + 1])
      if sent.options[offset] > 1 {
        changed.options[offset] = 254
        #expect(try found(Self.packet(changed)) == [], "option \(sent.options[offset])")
        changed = sent
      }
      offset += length
    }
    changed.options += [1, 1, 1, 1]
    #expect(try found(Self.packet(changed)) == [], "more options")
    var fragmentable = packet
    fragmentable[6] = 0
    // The header's checksum is made right again.
    let sum = UInt32(packet[10]) << 8 + UInt32(packet[11]) + 0x4000
    fragmentable[10] = UInt8(truncatingIfNeeded: (sum & 0xffff + sum >> 16) >> 8)
    fragmentable[11] = UInt8(truncatingIfNeeded: sum & 0xffff + sum >> 16)
    #expect(try found(fragmentable) == [], "df")
  }

  @Test func everyKnownSignatureReads() {
    for (system, text) in KnownSystems.texts { #expect(SynPattern(text)?.description == text, "\(system)") }
    #expect(KnownSystems.signatures.count == KnownSystems.texts.count)
    #expect(Set(KnownSystems.signatures.map(\.system)) == Set(OperatingSystem.allCases))
  }

  @Test func theConfigurationAddsSignatures() throws {
    var tables = Scene().tables
    let odd = try Self.packet(Sent("odd", .linux, hops: 64, window: 1234, Self.size))
    tables.signatures = [SystemSignature(.linux, try #require(SynPattern("\(try Self.signature(odd))")))]
    #expect(SystemTable(tables).systems(of: try Self.signature(odd)) == OperatingSystems(.linux))
    #expect(try found(odd) == [])
  }

  // MARK: Doors

  private func denial(_ demand: SystemDemand, _ syn: SynSignature?, _ action: Knock.Action = .open) throws -> Denial? {
    var scene = Scene()
    scene.tables.doors[0].systems = demand
    var authority = try scene.authority()
    var knock = knock(1)
    knock.action = action
    let source = PacketSource(address: .v4(Scene.home4), port: 1, syn: syn)
    if case .refused(let denial, _) = authority.judge(knock, from: source, at: start) { return denial }
    return nil
  }

  @Test func whatADoorDemands() throws {
    let linux = try Self.signature(Self.packet(Self.sent[4]))
    let odd = try Self.signature(Self.packet(Sent("odd", .linux, hops: 64, window: 1234, Self.size)))
    let linuxAlone = SystemDemand(OperatingSystems(.linux))
    let others = SystemDemand(OperatingSystems.all.subtracting(OperatingSystems(.linux)))
    #expect(try denial(linuxAlone, linux) == nil)
    #expect(try denial(others, linux) == .wrongSystem)
    #expect(try denial(others, linux, .close) == nil, "a close is welcome from anywhere")
    #expect(try denial(linuxAlone, odd) == .systemUnknown && denial(linuxAlone, nil) == .systemUnknown)
    let lenient = SystemDemand(others.systems, allowsUnknown: true)
    #expect(try denial(lenient, odd) == nil && denial(lenient, nil) == nil && denial(lenient, linux) == .wrongSystem)
    let patient = SystemDemand(others.systems, awaitsFirstPacket: true)
    #expect(try denial(patient, nil) == nil && denial(patient, odd) == nil && denial(patient, linux) == .wrongSystem)
  }

  @Test func whatAGrantWaitsFor() throws {
    let linux = try Self.signature(Self.packet(Self.sent[4]))
    var scene = Scene()
    scene.tables.doors[0].systems = SystemDemand(OperatingSystems(.linux), awaitsFirstPacket: true)
    var authority = try scene.authority()
    let source = PacketSource(address: .v4(Scene.home4), port: 1)
    guard case .granted(let grants) = authority.judge(knock(1), from: source, at: start), let grant = grants.first else {
      Issue.record("not granted")
      return
    }
    #expect(authority.awaitedSystems(grant, from: source) == OperatingSystems(.linux))
    #expect(authority.awaitedSystems(grant, from: PacketSource(address: source.address, port: 1, syn: linux)) == nil)
  }
}
