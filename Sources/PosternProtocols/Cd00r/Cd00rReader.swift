// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// Reads SYNs to the ports of a code, as cd00r did.
///
/// A SYN counts when one of its two ports is in the code; others break nothing. The one whose turn it is goes on, and where the code
/// resets any other one begins anew without being the first step itself. Each source has attempts of its own, unless the key says
/// otherwise. Where several codes end with one SYN, the first in the configuration has its way.
package struct Cd00rReader: Sendable {
  private struct Member: Sendable {
    let key: KeyIndex
    let credential: Cd00rCredential
    /// Where all sources share one attempt.
    var shared = Cd00rPosition()

    func admits(_ destination: IPAddress) -> Bool { credential.targets.isEmpty || credential.targets.contains(destination) }
  }

  private enum Fit {
    case nothing
    case step
    case last
  }

  private var members: [Member]
  /// The members whose codes have a port, in their order.
  private let directory: [UInt16: [Int]]
  private var attempts: Attempts<UInt8>

  /// `seed` keeps strangers from choosing addresses that slow the table of attempts down.
  package init(
    _ keys: [Registered<Cd00rCredential>], seed: UInt64, capacity: Int = AttemptLimit.capacity
  ) {
    members = keys.map { Member(key: $0.key, credential: $0.credential) }
    var directory: [UInt16: [Int]] = [:]
    for (position, member) in members.enumerated() {
      for port in Set(member.credential.ports) { directory[port.number, default: []].append(position) }
    }
    self.directory = directory
    attempts = Attempts(
      blank: 0, capacity: keys.isEmpty ? 0 : capacity, perSource: Cd00rCredential.mostOfOneBeginning, seed: seed)
  }

  /// Half-finished knocks of single sources.
  package var attemptCount: Int { attempts.count }

  package mutating func read(_ packet: borrowing PacketView, at now: Timestamp) -> Reading {
    guard case .tcp(let header) = packet.transport, header.flags.isSuperset(of: .syn), !header.flags.contains(.ack) else {
      return .refused(.wrongTransport)
    }
    let (source, destination) = (packet.source, packet.destination)
    var reading = Reading.refused(.outOfSequence)
    var opened: KeyIndex?
    for member in listing(header) where members[member].admits(destination) {
      switch take(header.destinationPort, from: source, by: member, at: now) {
      case .nothing: continue
      case .step: reading = .step
      case .last: opened = opened ?? members[member].key
      }
    }
    return opened.map { knock($0, from: source, at: now) } ?? reading
  }

  private func listing(_ header: TCPHeader) -> [Int] {
    let own = directory[header.destinationPort] ?? []
    guard header.sourcePort != header.destinationPort, let others = directory[header.sourcePort] else { return own }
    return Set(own).union(others).sorted()
  }

  private mutating func take(_ port: UInt16, from source: IPAddress, by member: Int, at now: Timestamp) -> Fit {
    switch members[member].credential.state {
    case .perSource: takeAlone(port, from: source, members[member].key, members[member].credential, at: now)
    case .global, .globalOfOneSender: takeShared(port, from: source, by: member, at: now)
    }
  }

  private mutating func takeAlone(
    _ port: UInt16, from source: IPAddress, _ key: KeyIndex, _ credential: Cd00rCredential, at now: Timestamp
  ) -> Fit {
    attempts.endExpired(of: source, at: now)
    let place = attempts.find(source, key)
    let taken = place.map { attempts.steps($0) } ?? 0
    guard port == credential.ports[taken].number else {
      if credential.resets, let place { attempts.end(place) }
      return .nothing
    }
    guard taken + 1 < credential.ports.count else {
      if let place { attempts.end(place) }
      return .last
    }
    if let place { attempts.advance(place) } else { attempts.begin(source, key, 0, lifetime: credential.lifetime, at: now) }
    return .step
  }

  private mutating func takeShared(_ port: UInt16, from source: IPAddress, by member: Int, at now: Timestamp) -> Fit {
    let credential = members[member].credential
    var position = members[member].shared
    if !position.isAlive(for: credential.lifetime, at: now) { position = Cd00rPosition() }
    defer { members[member].shared = position }
    guard port == credential.ports[position.taken].number else {
      if credential.resets { position = Cd00rPosition() }
      return .nothing
    }
    if position.taken == 0 { position = Cd00rPosition(begunBy: source, at: now) }
    guard credential.state == .global || source == position.sender else {
      position = Cd00rPosition()
      return .nothing
    }
    position.taken += 1
    guard position.taken == credential.ports.count else { return .step }
    position = Cd00rPosition()
    return .last
  }

  /// Whoever saw the packets can send them again.
  private func knock(_ key: KeyIndex, from source: IPAddress, at now: Timestamp) -> Reading {
    .knock(
      Knock(
        knockProtocol: .cd00r, id: SequenceKnockID.id(.cd00r, key, source, at: now), stamp: now, key: key, action: .open,
        wish: .door(nil), ipv4: source.claim4, ipv6: source.claim6))
  }
}

extension Cd00rCredential {
  fileprivate var lifetime: Timestamp.Span { timeout ?? Timestamp.Span(nanoseconds: .max) }
}
