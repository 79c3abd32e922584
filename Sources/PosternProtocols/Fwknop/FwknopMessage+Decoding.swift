// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

extension FwknopMessage {
  private static let colon = UInt8(ascii: ":")
  private static let comma = UInt8(ascii: ",")
  private static let randomDigits = 16
  private static let longestUser = 64
  private static let longestField = 256
  /// Digits of a time: enough until the year 33,658.
  private static let longestTime: UInt64 = 999_999_999_999

  /// Nil for a plain text that no client makes, or whose digest does not match.
  package init?(plainText: [UInt8]) {
    guard plainText.allSatisfy({ (0x20...0x7e).contains($0) }), let encoded = FwknopDigest.verified(plainText) else { return nil }
    let fields = encoded.split(separator: Self.colon, omittingEmptySubsequences: false)
    guard fields.count >= 6, fields[0].count == Self.randomDigits, fields[0].allSatisfy(FwknopDecimal.isDigit) else { return nil }
    self.init(fields[1...])
  }

  /// USER, TIMESTAMP, VERSION, TYPE, MESSAGE and what the type has behind them.
  private init?(_ fields: ArraySlice<ArraySlice<UInt8>>) {
    var fields = fields
    guard let user = Self.user(fields.popFirst()), let seconds = Self.number(fields.popFirst(), Self.longestTime),
      let version = fields.popFirst(), (1...8).contains(version.count),
      let kind = Self.kind(fields.popFirst()),
      let message = Self.text(fields.popFirst()), let end = message.firstIndex(of: Self.comma),
      let address = IPv4Address(ascii: message[..<end]),
      let wish = FwknopWish(message[(end + 1)...], kind),
      let rest = Self.rest(fields, kind)
    else { return nil }
    self.init(
      kind: kind, user: user, seconds: seconds, version: String(decoding: version, as: UTF8.self), address: address, wish: wish,
      target: rest.target, timeout: rest.timeout)
  }

  /// `[NAT] [SERVER_AUTH] [TIMEOUT]`: place alone tells the second from the third, and nothing uses it.
  private static func rest(
    _ fields: ArraySlice<ArraySlice<UInt8>>, _ kind: FwknopKind
  ) -> (target: FwknopTarget?, timeout: UInt32)? {
    var fields = fields
    var target: FwknopTarget?
    var timeout: UInt32 = 0
    if kind.hasNAT {
      guard let named = text(fields.popFirst()).flatMap({ FwknopTarget($0) }) else { return nil }
      target = named
    }
    if kind.hasTimeout {
      guard let wished = number(fields.popLast(), UInt64(longestTimeout)) else { return nil }
      timeout = UInt32(wished)
    }
    guard fields.isEmpty || fields.count == 1 && text(fields.first) != nil else { return nil }
    return (target, timeout)
  }

  private static func user(_ field: ArraySlice<UInt8>?) -> String? {
    guard let field, field.count <= longestUser, let name = text(field), isUser(name) else { return nil }
    return String(decoding: name, as: UTF8.self)
  }

  private static let refusedInUsers = Array("\"/\\[]:;|=,+*?<>".utf8)

  /// Whether clients and servers take this for a user's name.
  package static func isUser(_ name: [UInt8]) -> Bool {
    let refused = refusedInUsers
    return !name.isEmpty && name.allSatisfy { (0x20...0x7e).contains($0) && !refused.contains($0) }
  }

  private static func kind(_ field: ArraySlice<UInt8>?) -> FwknopKind? {
    number(field, 9).flatMap { FwknopKind(rawValue: UInt8($0)) }
  }

  private static func number(_ field: ArraySlice<UInt8>?, _ limit: UInt64) -> UInt64? {
    field.flatMap { FwknopDecimal.value($0, atMost: limit) }
  }

  /// A base64 field whose text is printable and not empty.
  private static func text(_ field: ArraySlice<UInt8>?) -> [UInt8]? {
    guard let field, (1...longestField).contains(field.count), let text = UnpaddedBase64.decode(field),
      text.allSatisfy({ (0x20...0x7e).contains($0) })
    else { return nil }
    return text
  }
}
