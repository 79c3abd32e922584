// SPDX-License-Identifier: Apache-2.0
package import PosternCrypto
package import PosternKnock
package import PosternTables
package import PosternWire

/// The readers of all protocols: one line each in every function.
///
/// A packet is read by the protocol that its rule names and by no other. A protocol that no key uses costs nothing and refuses all.
package struct Registry: ~Copyable {
  private var spa: SPADecoder
  private var fwknop: FwknopReader
  private var knockd: KnockdReader
  private let header: HeaderReader
  private let doorman: DoormanReader
  private var ports: PortsReader
  private var tumbler: TumblerReader
  private var cd00r: Cd00rReader
  private var pasmal: PasmalReader
  private var sadoor: SadoorReader
  private var rolling: RollingReader
  private var syn: SynReader

  /// Moves the secrets of `tables` into the readers and erases them there, also when it throws. `seed` decides what is shed under load.
  package init(tables: inout GateTables, now: Timestamp, seed: UInt64) throws(CryptoError) {
    defer { tables.eraseSecrets() }
    let spa = try SPADecoder(tables: tables, now: now, seed: seed)
    let fwknop = try FwknopReader(tables.registered(\.fwknop), now: now)
    let doorman = try DoormanReader(tables.registered(\.doorman))
    let ports = try PortsReader(tables.registered(\.ports), now: now, seed: seed)
    let tumbler = try TumblerReader(tables.registered(\.tumbler), now: now)
    let pasmal = try PasmalReader(tables.registered(\.pasmal), seed: seed)
    let sadoor = try SadoorReader(tables.registered(\.sadoor), now: now, seed: seed)
    let rolling = try RollingReader(tables.registered(\.rolling), now: now, seed: seed)
    let syn = try SynReader(tables.registered(\.syn), now: now)
    knockd = KnockdReader(tables.registered(\.knockd), seed: seed)
    header = HeaderReader(tables.registered(\.header))
    cd00r = Cd00rReader(tables.registered(\.cd00r), seed: seed)
    self.spa = spa
    self.fwknop = fwknop
    self.doorman = doorman
    self.ports = ports
    self.tumbler = tumbler
    self.pasmal = pasmal
    self.sadoor = sadoor
    self.rolling = rolling
    self.syn = syn
  }

  package mutating func read(_ packet: borrowing PacketView, as knockProtocol: KnockProtocol, at now: Timestamp) -> Reading {
    switch knockProtocol {
    case .spa: spa.read(packet, at: now)
    case .knockd: knockd.read(packet, at: now)
    case .cd00r: cd00r.read(packet, at: now)
    case .pasmal: pasmal.read(packet, at: now)
    case .header: header.read(packet, at: now)
    case .doorman: doorman.read(packet, at: now)
    case .tumbler: tumbler.read(packet, at: now)
    case .syn: syn.read(packet, at: now)
    case .fwknop: fwknop.read(packet, at: now)
    case .ports, .portsClassic: ports.read(packet, at: now)
    case .sadoor: sadoor.read(packet, at: now)
    case .rolling: rolling.read(packet, at: now)
    }
  }

  /// Goes on where a list of things that count once was left: what is before this number is used.
  package mutating func resume(_ key: KeyIndex, at number: UInt64) { knockd.resume(key, at: number) }

  /// Does what is due with time, so that no packet has to wait for it; to be told at least once a second.
  package mutating func advance(to now: Timestamp) {
    spa.advance(to: now)
    tumbler.advance(to: now)
    syn.advance(to: now)
    ports.advance(to: now)
    sadoor.advance(to: now)
    rolling.advance(to: now)
  }

  /// The secrets of the gateway that a packet's data is made for; nil when it is for none that are valid now.
  package func addressee(of data: RawSpan, _ knockProtocol: KnockProtocol, at now: Timestamp) -> Addressee? {
    switch knockProtocol {
    case .spa: spa.addressee(ofAny: data, at: now)
    case .fwknop, .knockd, .header, .doorman, .ports, .tumbler, .cd00r, .pasmal, .sadoor, .rolling, .syn, .portsClassic: nil
    }
  }
}
