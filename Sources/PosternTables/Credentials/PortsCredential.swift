// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// A key of the encrypted port sequence: what the ports carry and under which secret.
package struct PortsCredential: Hashable, Sendable {
  package enum Form: Hashable, Sendable {
    /// An envelope of ours, fifteen bits a port.
    case sealed(Bytes32)
    /// The classic eight ports, a block of Blowfish under a key of 4 to 56 bytes.
    case legacy(key: [UInt8])
    /// The classic eight ports, as they are.
    case plain
  }

  /// What restores the order of the packets.
  package enum Order: UInt8, Hashable, Sendable, CaseIterable {
    case arrival = 0
    /// The TCP sequence numbers, which count on from the first packet's.
    case sequence = 1
  }

  /// Lengths of a Blowfish key (32 to 448 bits).
  package static let legacyKeyLengths = 4...56
  /// Keys of the classic forms that a gateway takes: each is tried on whatever looks like a sequence.
  package static let legacyKeys = 16
  /// Different bases, orders and windows that the keys of a gateway may have: each costs every packet a look.
  package static let channels = 16
  package static let windows = Timestamp.Span.milliseconds(500)...Timestamp.Span.seconds(60)

  package var form: Form
  /// The port that stands for zero.
  package var base: UInt16
  /// From the first packet to the last.
  package var window: Timestamp.Span
  package var order: Order
  /// Whether the address inside a classic block must be the packets' own.
  package var needsSource: Bool

  package init(form: Form, base: UInt16, window: Timestamp.Span, order: Order, needsSource: Bool) {
    self.form = form
    self.base = base
    self.window = window
    self.order = order
    self.needsSource = needsSource
  }

  /// The classic forms are remembered apart from the sealed one: they carry no time.
  package var knockProtocol: KnockProtocol {
    switch form {
    case .sealed: .ports
    case .legacy, .plain: .portsClassic
    }
  }

  mutating func erase() {
    switch form {
    case .sealed: form = .sealed(.zero)
    case .legacy(let key): form = .legacy(key: Array(repeating: 0, count: key.count))
    case .plain: break
    }
  }
}

extension PortsCredential {
  /// Refuses a form of the other kind than the one that is named.
  init(_ reader: inout WireReader, _ kind: KnockProtocol) throws(WireError) {
    let form = try Form(&reader)
    let base = try reader.u16()
    guard base <= form.largestBase else { throw .malformed }
    let window = try reader.span(in: Self.windows)
    guard let order = Order(rawValue: try reader.u8()) else { throw .malformed }
    self.init(form: form, base: base, window: window, order: order, needsSource: try reader.boolean())
    guard knockProtocol == kind else { throw .malformed }
  }

  func put(to writer: inout WireWriter) {
    form.put(to: &writer)
    writer.u16(base)
    writer.span(window)
    writer.u8(order.rawValue)
    writer.boolean(needsSource)
  }
}

extension PortsCredential.Form {
  /// The highest base whose span ends with the last port.
  package var largestBase: UInt16 {
    switch self {
    case .sealed: 32_768
    case .legacy, .plain: 65_280
    }
  }

  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    switch try reader.u8() {
    case 0: self = .sealed(try reader.bytes32())
    case 1: self = .legacy(key: try reader.octets(PortsCredential.legacyKeyLengths))
    case 2: self = .plain
    default: throw .malformed
    }
  }

  fileprivate func put(to writer: inout WireWriter) {
    switch self {
    case .sealed(let key):
      writer.u8(0)
      writer.put(key)
    case .legacy(let key):
      writer.u8(1)
      writer.octets(key)
    case .plain: writer.u8(2)
    }
  }
}
