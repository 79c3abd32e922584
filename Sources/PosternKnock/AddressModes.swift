// SPDX-License-Identifier: Apache-2.0

/// The ways in which a knock may say which address of a family it means.
package struct AddressModes: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// It names the address.
  package static let named = AddressModes(rawValue: 1 << 0)
  /// The address that the packet came from, which an observer on the way can choose.
  package static let packetSource = AddressModes(rawValue: 1 << 1)
  /// A named address that must also be the packet's source.
  package static let agreed = AddressModes(rawValue: 1 << 2)

  package static let all: AddressModes = [.named, .packetSource, .agreed]
}
