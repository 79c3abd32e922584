// SPDX-License-Identifier: Apache-2.0
import CNftnl
import PosternWire

/// The kernel's word on one message of ours (NLMSG_ERROR; an errno of zero is an acknowledgement).
struct Acknowledgement {
  let sequence: UInt32
  let errno: Int32
  /// Where in the refused message the attribute stands that was at fault, if the kernel said (NLMSGERR_ATTR_OFFS).
  let badAttribute: UInt32?

  /// Nil for another kind of message and for one that is too short.
  init?(_ message: MessageCursor.Message, in datagram: RawSpan) {
    guard message.type == UInt16(NLMSG_ERROR), message.payload.count >= MemoryLayout<nlmsgerr>.size else { return nil }
    let code = Int32(bitPattern: datagram.hostU32(at: message.payload.lowerBound))
    guard code <= 0, code != .min else { return nil }
    sequence = message.sequence
    errno = -code
    badAttribute = Self.badAttribute(message, in: datagram)
  }

  /// Only behind a capped answer (NETLINK_CAP_ACK) do the attributes follow at a fixed place.
  private static func badAttribute(_ message: MessageCursor.Message, in datagram: RawSpan) -> UInt32? {
    let needed = UInt16(NLM_F_CAPPED) | UInt16(NLM_F_ACK_TLVS)
    guard message.flags & needed == needed else { return nil }
    var cursor = AttributeCursor(message.payload.dropFirst(MemoryLayout<nlmsgerr>.size))
    while let attribute = cursor.next(in: datagram) {
      guard attribute.type == NftConstants.badAttribute, attribute.payload.count == 4 else { continue }
      return datagram.hostU32(at: attribute.payload.lowerBound)
    }
    return nil
  }
}

extension RawSpan {
  /// A number in the machine's own byte order, as netlink's own headers have them; the caller has checked the length.
  func hostU32(at offset: Int) -> UInt32 { u32(at: offset).bigEndian }
}
