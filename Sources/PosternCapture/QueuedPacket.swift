// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// One packet that the kernel holds back until its verdict, borrowed from the receive buffer.
package struct QueuedPacket: ~Escapable {
  package let queue: UInt16
  /// What a verdict names it by.
  package private(set) var id: UInt32 = 0
  /// NF_INET_LOCAL_IN and so on (linux/netfilter.h).
  package private(set) var hook: UInt8 = 0
  /// From the IP header on, cut at the copy range.
  package private(set) var headers: RawSpan

  /// Reads the body of a packet message: struct nfgenmsg (family, version, queue) and attributes. Nil when it is cut short, an
  /// attribute's length lies or there is no id.
  @_lifetime(copy body)
  init?(_ body: RawSpan) {
    guard body.byteCount >= 4 else { return nil }
    queue = body.u16(at: 2)
    headers = body.extracting(first: 0)
    var hasID = false
    var rest = body.after(4)
    while !rest.isEmpty {
      guard let attribute = NetlinkAttribute(rest) else { return nil }
      let stride = attribute.stride
      let value = attribute.value
      switch attribute.type {
      // struct nfqnl_msg_packet_hdr: id, link protocol, hook
      case QueueAttribute.packetHeader where value.byteCount >= 7:
        id = value.u32(at: 0)
        hook = value.byte(6)
        hasID = true
      case QueueAttribute.payload: headers = value
      default: break
      }
      rest = rest.after(stride)
    }
    guard hasID else { return nil }
  }
}
