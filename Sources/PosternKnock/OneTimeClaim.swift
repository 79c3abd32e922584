// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What of a knock counts once only, whatever the clock says; which of it is spent the key's state remembers.
package struct OneTimeClaim: Hashable, Sendable {
  /// A one-time index: it grows with each knock of the key.
  package var index: UInt64?
  /// The number of an entry in a list whose entries count once, in their order; entries may be passed over.
  package var number: UInt64?
  /// A password of a hash chain.
  package var link: Bytes32?

  package init(index: UInt64? = nil, number: UInt64? = nil, link: Bytes32? = nil) {
    self.index = index
    self.number = number
    self.link = link
  }

  package static let none = OneTimeClaim()
}
