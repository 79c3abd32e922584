// SPDX-License-Identifier: Apache-2.0
package import PosternAuthority
package import PosternControl
package import PosternCrypto
package import PosternKnock
import PosternProtocols
package import PosternTables
import PosternWire

/// The gate without its kernel: a captured packet and the time go in, a decision comes out. It reads no clock and writes no file.
///
/// Before the grants of a wake-up leave, its caller writes ``unwritten()`` to the replay ring and says ``markWritten(_:)``.
package struct Gate: ~Copyable {
  private var spa: SPADecoder
  private var authority: Authority

  /// What became of one packet.
  package enum Outcome: Hashable, Sendable {
    /// A stranger's: only counted.
    case refused(Denial)
    /// A known key's, which opened nothing: counted and told.
    case refusedKnown(KeeperFrame.Refusal)
    case granted(Grant)
  }

  /// What one packet said and what became of it; the two fit each other.
  package struct Examination: Hashable, Sendable {
    package var reading: Reading
    package var outcome: Outcome
  }

  /// Takes the secrets out of `tables`. `seed` feeds the random shedding of load and nothing else; no clock that shows a time before
  /// `earliest` is believed.
  package init(
    tables: inout GateTables, replay: ReplayState, clockIsSynchronised: Bool, seed: UInt64, at start: Timestamp,
    earliest: Timestamp = ReleaseTime.moment
  ) throws(CryptoError) {
    let prepared = try PreparedGate(tables: &tables, seed: seed, at: start)
    self = prepared.begin(replay: replay, clockIsSynchronised: clockIsSynchronised, at: start, earliest: earliest)
  }

  init(_ spa: consuming SPADecoder, _ authority: Authority) {
    self.spa = spa
    self.authority = authority
  }

  /// Decides one packet, which starts at its IP header. `prefix` is the NFLOG prefix of the rule that logged it: it names the
  /// protocol, so that no packet is tried against any other.
  package mutating func receive(_ packet: RawSpan, prefix: RawSpan, at now: Timestamp) -> Outcome {
    examine(packet, prefix: prefix, at: now).outcome
  }

  /// Decides as ``receive(_:prefix:at:)`` does, which is made of this, and tells what was read besides.
  package mutating func examine(_ packet: RawSpan, prefix: RawSpan, at now: Timestamp) -> Examination {
    guard let knockProtocol = KnockProtocol(prefix: prefix) else { return .unread(.unknownPrefix) }
    let view: PacketView
    do throws(PacketFlaw) { view = try PacketView(packet) } catch { return .unread(Denial(error)) }
    let reading =
      switch knockProtocol {
      case .spa: readSPA(view, at: now)
      }
    return Examination(reading: reading, outcome: decide(reading, from: view, at: now))
  }

  /// The secrets of the gateway that a packet's data is made for; nil when it is for none that are valid now.
  package func addressee(of data: RawSpan, _ knockProtocol: KnockProtocol, at now: Timestamp) -> Addressee? {
    switch knockProtocol {
    case .spa: spa.addressee(ofAny: data, at: now)
    }
  }

  private mutating func readSPA(_ view: borrowing PacketView, at now: Timestamp) -> Reading {
    guard SPACarrier(view) != nil else { return .refused(.wrongTransport) }
    return spa.read(view.payload, at: now)
  }

  private mutating func decide(_ reading: Reading, from view: borrowing PacketView, at now: Timestamp) -> Outcome {
    let source = PacketSource(address: view.source, port: view.transport.sourcePort)
    switch reading {
    case .refused(let denial): return .refused(denial)
    case .refusedKnown(let denial, let key):
      return .refusedKnown(.init(denial: denial, key: key, source: source.address, skew: .seconds(0)))
    case .knock(let knock):
      switch authority.judge(knock, from: source, at: now) {
      case .granted(let grant): return .granted(grant)
      case .refused(let denial, _):
        return .refusedKnown(.init(denial: denial, key: knock.key, source: source.address, skew: knock.stamp - now))
      }
    }
  }

  /// Takes the kernel's word on the clock, and makes the hints of a new step before a packet asks for them; to be told at least once
  /// a second.
  package mutating func observeClock(isSynchronised: Bool, at now: Timestamp) {
    authority.observeClock(isSynchronised: isSynchronised, at: now)
    spa.advance(to: now)
  }

  /// What the replay ring must hold before the grants of this wake-up leave.
  package func unwritten() -> RingBatch { authority.unwritten() }

  package mutating func markWritten(_ batch: RingBatch) { authority.markWritten(batch) }
}

extension Gate.Examination {
  fileprivate static func unread(_ denial: Denial) -> Self { Self(reading: .refused(denial), outcome: .refused(denial)) }
}

extension KnockProtocol {
  /// The protocol that an NFLOG prefix names: exactly a protocol's name, optionally `:instance`; nil for any other.
  package init?(prefix: RawSpan) {
    for candidate in Self.allCases where Self.matches(prefix, candidate.description) {
      self = candidate
      return
    }
    return nil
  }

  private static func matches(_ prefix: RawSpan, _ name: String) -> Bool {
    let name = name.utf8
    guard prefix.byteCount >= name.count else { return false }
    for (offset, character) in name.enumerated() where prefix.byte(offset) != character { return false }
    return prefix.byteCount == name.count || prefix.byte(name.count) == UInt8(ascii: ":")
  }
}

extension Denial {
  init(_ flaw: PacketFlaw) {
    self =
      switch flaw {
      case .malformed: .malformedHeaders
      case .fragment: .fragment
      case .checksum: .badChecksum
      case .transport: .wrongTransport
      }
  }
}
