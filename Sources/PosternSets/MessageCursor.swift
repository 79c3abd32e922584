// SPDX-License-Identifier: Apache-2.0
import CNftnl
import PosternWire

/// Walks the netlink messages of one datagram. It holds positions only: the bytes are passed to each call.
struct MessageCursor {
  /// One message: its header in the clear and its payload as a range of the datagram, checked by libmnl to lie inside it.
  struct Message {
    let type: UInt16
    let flags: UInt16
    let sequence: UInt32
    let port: UInt32
    let payload: Range<Int>

    /// The address family and the attributes behind it; nil when the message is too short for struct nfgenmsg.
    func family(in datagram: RawSpan) -> UInt8? {
      payload.count >= NftConstants.familyHeader ? datagram.byte(payload.lowerBound) : nil
    }

    /// The attributes of a netfilter message.
    var attributes: AttributeCursor {
      AttributeCursor(min(payload.lowerBound + NftConstants.familyHeader, payload.upperBound)..<payload.upperBound)
    }
  }

  private var offset = 0

  /// Nil at the end and at a message that claims more bytes than there are.
  mutating func next(in datagram: RawSpan) -> Message? {
    var found = postern_message()
    let isThere = unsafe datagram.withUnsafeBytes { unsafe postern_message_at($0.baseAddress, $0.count, offset, &found) }
    guard isThere else { return nil }
    offset = found.next
    return Message(
      type: found.type, flags: found.flags, sequence: found.sequence, port: found.port, payload: found.payload..<found.end)
  }
}
