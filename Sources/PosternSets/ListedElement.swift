// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// An element as the kernel tells of it, ours or foreign.
package struct ListedElement: Hashable, Sendable {
  package var key: ElementKey
  /// Milliseconds; nil when the kernel named none, as for elements that stay for ever.
  package var timeout: UInt64?
  /// Milliseconds that remain; nil when the kernel named none.
  package var remaining: UInt64?
  /// As it stands there: a foreign comment may hold anything.
  package var comment: String?
  /// NFT_SET_ELEM_* of linux/netfilter/nf_tables.h.
  package var flags: UInt32 = 0
  /// What a map's element leads to; nil for a set's, and for a verdict.
  package var data: ElementData?
}

extension ListedElement {
  /// Nil for an element without a key (a set's catch-all) or with one that no key can be.
  init?(_ item: AttributeCursor.Attribute, in datagram: RawSpan) {
    var found: ElementKey?
    var timeout: UInt64?
    var remaining: UInt64?
    var comment: String?
    var flags: UInt32 = 0
    var data: ElementData?
    var cursor = item.nested
    while let attribute = cursor.next(in: datagram) {
      switch attribute.type {
      case NftConstants.elementKey: found = Self.value(attribute, in: datagram).flatMap { ElementKey(bytes: $0) }
      case NftConstants.elementData: data = Self.value(attribute, in: datagram).flatMap { ElementData(bytes: $0) }
      case NftConstants.elementTimeout: timeout = attribute.u64(in: datagram)
      case NftConstants.elementExpiration: remaining = attribute.u64(in: datagram)
      case NftConstants.elementUserData: comment = Self.comment(attribute, in: datagram)
      case NftConstants.elementFlags: flags = attribute.u32(in: datagram) ?? 0
      default: continue
      }
    }
    guard let key = found else { return nil }
    self.init(key: key, timeout: timeout, remaining: remaining, comment: comment, flags: flags, data: data)
  }

  private static func value(_ attribute: AttributeCursor.Attribute, in datagram: RawSpan) -> [UInt8]? {
    var cursor = attribute.nested
    while let part = cursor.next(in: datagram) {
      if part.type == NftConstants.dataValue { return part.bytes(in: datagram) }
    }
    return nil
  }

  /// libnftnl's user data: entries of a type byte, a length byte and the value.
  private static func comment(_ attribute: AttributeCursor.Attribute, in datagram: RawSpan) -> String? {
    var reader = WireReader(datagram.extracting(attribute.payload))
    while let type = try? reader.u8(), let length = try? reader.u8(), let value = try? reader.bytes(Int(length)) {
      guard type == NftConstants.elementComment else { continue }
      return String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
    }
    return nil
  }
}
