// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import CNftnl
import Glibc
package import PosternTables
package import PosternWire

/// How a set was declared.
package struct SetDefinition: Hashable, Sendable {
  /// NFT_SET_* of linux/netfilter/nf_tables.h.
  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let constant = Flags(rawValue: NFT_SET_CONSTANT.rawValue)
    package static let interval = Flags(rawValue: NFT_SET_INTERVAL.rawValue)
    package static let map = Flags(rawValue: NFT_SET_MAP.rawValue)
    package static let timeout = Flags(rawValue: NFT_SET_TIMEOUT.rawValue)
    package static let dynamic = Flags(rawValue: NFT_SET_EVAL.rawValue)
    package static let objects = Flags(rawValue: NFT_SET_OBJECT.rawValue)
    package static let concatenation = Flags(rawValue: NFT_SET_CONCAT.rawValue)
  }

  package var keyType = SetKeyType(0)
  /// Bytes.
  package var keyLength: UInt32 = 0
  package var flags: Flags = []
  /// The type that a map leads to.
  package var dataType: UInt32?
  /// Bytes.
  package var dataLength: UInt32?
  /// Elements at most; nil when the declaration sets no bound.
  package var size: UInt32?
  /// Milliseconds, for elements that are added without a timeout of their own.
  package var defaultTimeout: UInt64?

  package init() {}
}

extension SetDefinition {
  /// How the set's keys are made, as far as a door for `family` can use it; throws why it cannot.
  ///
  /// `key` is the order that the configuration demands. Without one the first of two addresses is the source. `data` is what a
  /// map's elements lead to; nil asks for a set.
  package func layout(
    _ family: AddressFamily, key: [KeyField]? = nil, prefix: UInt8? = nil, data: ForwardTarget.Form? = nil
  ) throws(SetMisfit) -> SetLayout {
    try check(data, family)
    guard let fields = keyType.fields(family), let found = SetLayout(family, fields, prefix: prefix) else {
      throw .key(keyType, family)
    }
    let layout = try Self.layout(found, keyType, demanded: key)
    guard keyLength == UInt32(ElementKey.length(layout)) else { throw .keyLength(keyType, keyLength) }
    guard !flags.contains(.interval) else { throw .interval }
    guard flags.contains(.timeout) else { throw .noTimeouts }
    return layout
  }

  private func check(_ form: ForwardTarget.Form?, _ family: AddressFamily) throws(SetMisfit) {
    guard let form else {
      guard flags.isDisjoint(with: [.map, .objects]) else { throw .map }
      return
    }
    guard flags.contains(.map), !flags.contains(.objects) else { throw .noMap }
    let type = SetKeyType(form, family)
    guard dataType == type.number, dataLength == UInt32(ElementData.length(form, family)) else {
      throw .data(SetKeyType(dataType ?? 0), configured: type)
    }
  }

  private static func layout(_ found: SetLayout, _ type: SetKeyType, demanded: [KeyField]?) throws(SetMisfit) -> SetLayout {
    guard let demanded else { return found }
    guard let layout = SetLayout(found.family, demanded, prefix: found.prefix), SetKeyType(layout) == type else {
      throw .otherKey(type, configured: demanded)
    }
    return layout
  }
}

extension SetDefinition {
  /// The answer to a question with this sequence number: nil when the datagram does not hold it.
  package static func answer(in datagram: RawSpan, sequence: UInt32) -> Result<SetDefinition, SetError>? {
    var cursor = MessageCursor()
    while let message = cursor.next(in: datagram) {
      guard message.sequence == sequence else { continue }
      if let refusal = Acknowledgement(message, in: datagram) { return .failure(SetError(errno: refusal.errno)) }
      guard message.type == NftConstants.messageType(NftConstants.newSet) else { continue }
      return .success(SetDefinition(message, in: datagram))
    }
    return nil
  }

  private init(_ message: MessageCursor.Message, in datagram: RawSpan) {
    var cursor = message.attributes
    while let attribute = cursor.next(in: datagram) {
      switch attribute.type {
      case NftConstants.setFlags: flags = Flags(rawValue: attribute.u32(in: datagram) ?? 0)
      case NftConstants.setKeyType: keyType = SetKeyType(attribute.u32(in: datagram) ?? 0)
      case NftConstants.setKeyLength: keyLength = attribute.u32(in: datagram) ?? 0
      case NftConstants.setDataType: dataType = attribute.u32(in: datagram)
      case NftConstants.setDataLength: dataLength = attribute.u32(in: datagram)
      case NftConstants.setTimeout: defaultTimeout = attribute.u64(in: datagram)
      case NftConstants.setDescription: size = Self.size(attribute.nested, in: datagram)
      default: continue
      }
    }
  }

  private static func size(_ description: AttributeCursor, in datagram: RawSpan) -> UInt32? {
    var cursor = description
    while let attribute = cursor.next(in: datagram) {
      if attribute.type == NftConstants.setDescriptionSize { return attribute.u32(in: datagram) }
    }
    return nil
  }
}

extension NftSocket {
  /// How the set was declared.
  package mutating func definition(of set: KeeperTables.SetReference) throws(SetError) -> SetDefinition {
    guard set.isPossible else { throw .missing }
    let sequence = reserveSequence(1)
    outgoing.removeAll()
    outgoing.request(
      NftConstants.getSet, flags: 0, sequence: sequence, set: set, table: NftConstants.setTable, name: NftConstants.setName)
    try descriptor.send(outgoing)
    while true {
      if let answer = try receive({ SetDefinition.answer(in: $0, sequence: sequence) }) { return try answer.get() }
    }
  }
}
