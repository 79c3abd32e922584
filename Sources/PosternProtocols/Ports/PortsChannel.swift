// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternTables
internal import PosternWire

/// The keys whose sequences look alike from outside: one span of ports, one order, one window.
struct PortsChannel {
  /// A key of a classic form.
  struct ClassicKey {
    let key: KeyIndex
    /// Nil for plain ports.
    let cipher: BlowfishKey?
    let needsSource: Bool
  }

  struct Shape: Hashable {
    let base: UInt16
    let window: Timestamp.Span
    let order: PortsCredential.Order
    let isSealed: Bool

    init(_ credential: PortsCredential) {
      base = credential.base
      window = credential.window
      order = credential.order
      switch credential.form {
      case .sealed: isSealed = true
      case .legacy, .plain: isSealed = false
      }
    }
  }

  let shape: Shape
  let alphabet: PortAlphabet
  var classic: [ClassicKey] = []

  init(_ shape: Shape) {
    self.shape = shape
    alphabet = shape.isSealed ? .halves(from: shape.base) : .bytes(from: shape.base)
  }

  /// Whether a sequence may begin with this symbol. A sealed one begins with the first bits of a counter, which is a time, unless its
  /// packets come in any order: what only passes by takes no place in the table.
  func mayBegin(_ symbol: UInt16, at now: Timestamp) -> Bool {
    guard shape.isSealed, shape.order == .arrival else { return true }
    return symbol == first(now - SealedKeys.window.past) || symbol == first(now + SealedKeys.window.future)
  }

  private func first(_ moment: Timestamp) -> UInt16 {
    UInt16(truncatingIfNeeded: moment.nanoseconds >> UInt64(64 - alphabet.bits))
  }

  /// The symbols of a whole sequence that ends with, or was made whole by, the newest packet.
  func candidates(_ queue: PortQueue, bytes: Int) -> [UInt16]? {
    let length = alphabet.portCount(bytes: bytes)
    switch shape.order {
    case .arrival: return queue.latest(length)
    case .sequence: return queue.run(length)
    }
  }
}
