// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

/// Counts what keys cost the readers of sequences, and complains at the first that is too much; also where two keys share a secret, under
/// which one counter could then serve twice.
struct SequenceBounds {
  private let complaints: Complaints
  private var holders: [Bytes32: ConfigPosition] = [:]
  private var classicKeys = 0
  private var oldKeys = 0
  private var portShapes: Set<[Int64]> = []
  private var rollingShapes: Set<[Int64]> = []
  private var scripts: Set<Script> = []

  private struct Script: Hashable {
    let script: PacketScript
    let timeout: Timestamp.Span
    let isGlobal: Bool
  }

  init(_ complaints: Complaints) { self.complaints = complaints }

  /// `place` is where the key is written.
  mutating func add(_ credential: Credential, at place: ConfigPosition) {
    if let secret = credential.sealedSecret { add(secret, at: place) }
    if let ports = credential.ports { add(ports, at: place) }
    if let sadoor = credential.sadoor { add(sadoor, at: place) }
    if let rolling = credential.rolling { add(rolling, at: place) }
  }

  /// Zeros stand for what could not be read.
  private mutating func add(_ secret: Bytes32, at place: ConfigPosition) {
    guard secret != .zero, let other = holders.updateValue(place, forKey: secret) else { return }
    complaints.add("this key has the secret of the one at \(other): each needs its own", at: place)
  }

  private mutating func add(_ ports: PortsCredential, at place: ConfigPosition) {
    let shape = [Int64(ports.base), Int64(ports.order.rawValue), ports.window.nanoseconds, Int64(ports.knockProtocol.rawValue)]
    if portShapes.insert(shape).inserted {
      bound(portShapes.count, PortsCredential.channels, "different bases, orders and windows of port sequences", at: place)
    }
    guard ports.knockProtocol == .portsClassic else { return }
    classicKeys += 1
    bound(classicKeys, PortsCredential.legacyKeys, "keys of classic port sequences", at: place)
  }

  private mutating func add(_ sadoor: SadoorCredential, at place: ConfigPosition) {
    if scripts.insert(Script(script: sadoor.script, timeout: sadoor.timeout, isGlobal: sadoor.isGlobal)).inserted {
      bound(scripts.count, SadoorCredential.scripts, "different packet scripts", at: place)
    }
    guard case .legacy = sadoor.form else { return }
    oldKeys += 1
    bound(oldKeys, SadoorCredential.legacyKeys, "keys of old SAdoor clients", at: place)
  }

  private mutating func add(_ rolling: RollingCredential, at place: ConfigPosition) {
    let shape = [Int64(rolling.base), Int64(rolling.transport.rawValue), Int64(rolling.stepLength)]
    if rollingShapes.insert(shape).inserted {
      bound(rollingShapes.count, RollingCredential.channels, "different bases, transports and steps of rolling keys", at: place)
    }
  }

  private func bound(_ count: Int, _ limit: Int, _ what: String, at place: ConfigPosition) {
    if count == limit + 1 { complaints.add("there are more than \(limit) \(what)", at: place) }
  }
}
