// SPDX-License-Identifier: Apache-2.0
import CNftnl

/// Outgoing netlink messages one behind the other, in room that is kept from one transaction to the next.
///
/// libmnl writes every attribute with its bounds check; what does not fit sets ``hasOverflowed`` and writes nothing.
package struct MessageBuffer: Sendable {
  private var bytes: [UInt8]
  /// Bytes used.
  package private(set) var count = 0
  package private(set) var hasOverflowed = false
  /// Where the message that is being written starts.
  private var start = 0

  /// Room for a few messages; it doubles when it gets scarce.
  package init() { bytes = [UInt8](repeating: 0, count: 8 * Self.longestMessage) }

  mutating func removeAll() {
    count = 0
    hasOverflowed = false
  }

  /// Starts an nftables message.
  mutating func message(_ type: UInt16, family: UInt8, flags: UInt16, sequence: UInt32) {
    unsafe header { room in unsafe nftnl_nlmsg_build_hdr(room, type, UInt16(family), flags, sequence) }
  }

  /// Starts a message of connection tracking.
  mutating func conntrack(_ type: UInt16, family: UInt8, flags: UInt16, sequence: UInt32) {
    unsafe header { room in
      unsafe postern_netfilter_message(room, ConntrackConstants.messageType(type), family, flags, sequence)
    }
  }

  mutating func batchBegin(sequence: UInt32) { unsafe header { room in unsafe nftnl_batch_begin(room, sequence) } }
  mutating func batchEnd(sequence: UInt32) { unsafe header { room in unsafe nftnl_batch_end(room, sequence) } }

  mutating func put(_ type: UInt16, bytes value: [UInt8]) {
    unsafe attribute { message, size in
      unsafe value.withUnsafeBytes { unsafe mnl_attr_put_check(message, size, type, $0.count, $0.baseAddress) }
    }
  }

  /// A big-endian 64-bit number.
  mutating func put(_ type: UInt16, u64 value: UInt64) {
    unsafe attribute { message, size in unsafe mnl_attr_put_u64_check(message, size, type, value.bigEndian) }
  }

  /// Text with its closing zero.
  mutating func put(_ type: UInt16, text: String) {
    unsafe attribute { message, size in unsafe mnl_attr_put_strz_check(message, size, type, text) }
  }

  /// Puts an attribute that holds those which `body` puts.
  mutating func nest(_ type: UInt16, _ body: (inout MessageBuffer) -> Void) {
    let nest = count
    unsafe attribute { message, size in unsafe mnl_attr_nest_start_check(message, size, type) != nil }
    body(&self)
    guard !hasOverflowed else { return }
    unsafe withRoom { base, message in
      unsafe mnl_attr_nest_end(message, base.advanced(by: nest).assumingMemoryBound(to: nlattr.self))
    }
  }

  /// Lends the messages for sending.
  func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
    unsafe body(bytes.span.bytes.extracting(first: count))
  }

  private mutating func header(_ build: (UnsafeMutablePointer<CChar>) -> UnsafeMutablePointer<nlmsghdr>?) {
    start = count
    if bytes.count - count < Self.longestMessage { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
    unsafe withRoom { _, message in
      _ = unsafe build(UnsafeMutableRawPointer(message).assumingMemoryBound(to: CChar.self))
    }
  }

  /// Lets `put` write one attribute with a bounds check of its own; false means that it did not fit.
  mutating func attribute(_ put: (UnsafeMutablePointer<nlmsghdr>, Int) -> Bool) {
    guard !hasOverflowed else { return }
    let size = bytes.count - start
    var isPut = false
    unsafe withRoom { _, message in isPut = unsafe put(message, size) }
    hasOverflowed = !isPut
  }

  /// Runs one library call on the message being written, then takes over its new length.
  private mutating func withRoom(_ body: (UnsafeMutableRawPointer, UnsafeMutablePointer<nlmsghdr>) -> Void) {
    let start = self.start
    count = unsafe bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return 0 }
      let message = unsafe base.advanced(by: start).assumingMemoryBound(to: nlmsghdr.self)
      unsafe body(base, message)
      return unsafe start + Int(message.pointee.nlmsg_len)
    }
  }
}
