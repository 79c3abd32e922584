// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternTables
import PosternWire

/// Which packets of a stream are real, and where they go: all by HMAC-SHA256 under the key's secret.
struct PasmalScreen: ~Copyable {
  private let mac: HMACSHA256
  private let form: PasmalCredential.Screen

  /// `form` is kept without its secret.
  init(_ form: PasmalCredential.Screen, secret: RawSpan) {
    mac = HMACSHA256(key: secret)
    var form = form
    form.secret = .zero
    self.form = form
  }

  /// The port of the real packet `number`, counted from zero.
  func port(of number: UInt8, _ nonce: PasmalNonce) -> UInt16 {
    let code = code("port", nonce, UInt32(number))
    return form.base + UInt16(UInt32(code.high.high >> 32) % UInt32(form.span))
  }

  /// The places of the real packets in the stream: those whose codes are least, in their order.
  func places(_ nonce: PasmalNonce) -> [Int] {
    let codes = (0..<Int(form.packets)).map { (place: $0, code: code("idx", nonce, UInt32($0)).array) }
    let sorted = codes.sorted { $0.code.lexicographicallyPrecedes($1.code) }
    return sorted.prefix(Int(form.real)).map(\.place).sorted()
  }

  /// What names the knock in the replay memory, the leases and the audit.
  func id(_ nonce: PasmalNonce) -> Bytes16 { code("id", nonce, 0).high }

  private func code(_ label: StaticString, _ nonce: PasmalNonce, _ number: UInt32) -> Bytes32 {
    var writer = WireWriter(capacity: 16)
    writer.raw("\(label)".utf8)
    nonce.put(to: &writer)
    writer.u32(number)
    return writer.bytes.withBytes { mac.mac($0) }
  }
}
