// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// One packet as the kernel logged it, borrowed from the receive buffer.
package struct CapturedPacket: ~Escapable {
  /// The NFLOG group, as the rule names it.
  package let group: UInt16
  /// The rule's prefix without its terminator; empty when it has none.
  package private(set) var prefix: RawSpan
  /// From the IP header on.
  package private(set) var payload: RawSpan
  /// The sender's link address; empty where the link has none.
  package private(set) var hardwareAddress: RawSpan
  /// NF_INET_PRE_ROUTING and so on (linux/netfilter.h).
  package private(set) var hook: UInt8 = 0
  package private(set) var mark: UInt32 = 0
  /// Zero when the packet did not come in over an interface.
  package private(set) var inputInterface: UInt32 = 0
  /// Counts the group's packets, also those that were lost on the way here; nil when the group was bound without.
  package private(set) var sequence: UInt32?

  /// Reads the body of a packet message: struct nfgenmsg (family, version, group) and attributes. Nil when it is cut short, an
  /// attribute's length lies or there is no payload.
  @_lifetime(copy body)
  init?(_ body: RawSpan) {
    guard body.byteCount >= 4 else { return nil }
    group = body.u16(at: 2)
    prefix = body.extracting(first: 0)
    payload = body.extracting(first: 0)
    hardwareAddress = body.extracting(first: 0)
    var rest = body.after(4)
    while !rest.isEmpty {
      guard let attribute = NetlinkAttribute(rest) else { return nil }
      let stride = attribute.stride
      take(attribute.type, attribute.value)
      rest = rest.after(stride)
    }
    guard !payload.isEmpty else { return nil }
  }

  @_lifetime(self: copy value)
  private mutating func take(_ type: UInt16, _ value: RawSpan) {
    let count = value.byteCount
    switch type {
    case LogAttribute.payload: payload = value
    case LogAttribute.prefix: prefix = Self.beforeZero(value)
    case LogAttribute.packetHeader where count >= 3: hook = value.byte(2)
    case LogAttribute.mark where count >= 4: mark = value.u32(at: 0)
    case LogAttribute.inputInterface where count >= 4: inputInterface = value.u32(at: 0)
    case LogAttribute.sequence where count >= 4: sequence = value.u32(at: 0)
    case LogAttribute.hardwareAddress where count >= 4: hardwareAddress = Self.hardwareAddress(value)
    default: break
    }
  }

  @_lifetime(copy text)
  private static func beforeZero(_ text: RawSpan) -> RawSpan {
    var count = 0
    while count < text.byteCount, text.byte(count) != 0 { count += 1 }
    return text.extracting(first: count)
  }

  /// struct nfulnl_msg_packet_hw: a length, two bytes of padding, the address.
  @_lifetime(copy value)
  private static func hardwareAddress(_ value: RawSpan) -> RawSpan {
    let room = value.extracting(droppingFirst: 4)
    return room.extracting(first: min(Int(value.u16(at: 0)), room.byteCount))
  }
}
