// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// Names one lease for operators: sixteen hexadecimal digits, the first half of the knock's id.
package struct LeaseID: Hashable, Sendable, CustomStringConvertible {
  package let value: UInt64
  package init(_ value: UInt64) { self.value = value }
  package init(_ knock: Bytes16) { value = knock.high }

  package var description: String { Hex.encode(value) }

  /// Nil unless the text is exactly sixteen lower-case hexadecimal digits.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == 16, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
      let value = UInt64(text, radix: 16)
    else { return nil }
    self.value = value
  }
}

/// The comment of a lease's element, exactly `user/key door lease-id`; an element with any other comment is foreign.
package struct LeaseComment: Hashable, Sendable, CustomStringConvertible {
  package let user: Name
  package let key: Name
  package let door: Name
  package let lease: LeaseID

  package init(user: Name, key: Name, door: Name, lease: LeaseID) {
    self.user = user
    self.key = key
    self.door = door
    self.lease = lease
  }

  package var description: String { "\(user)/\(key) \(door) \(lease)" }

  /// Nil for a comment that Postern did not write.
  package init?(_ text: some StringProtocol) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3 else { return nil }
    let holder = words[0].split(separator: "/", omittingEmptySubsequences: false)
    guard holder.count == 2, let user = Name(holder[0]), let key = Name(holder[1]), let door = Name(words[1]),
      let lease = LeaseID(words[2])
    else { return nil }
    self.init(user: user, key: key, door: door, lease: lease)
  }
}
