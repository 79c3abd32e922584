// SPDX-License-Identifier: Apache-2.0
import CNftnl
import Glibc
import PosternWire

/// A netlink socket to nftables, for transactions on sets and questions about them. One at a time: it blocks, at most two seconds
/// an answer.
package struct NftSocket: ~Copyable {
  /// 1024 operations with long names fit; the kernel doubles what is asked for.
  private static let wishedBuffer: Int32 = 4 << 20
  /// Bounds the time that one transaction holds the ruleset.
  private static let mostOperations = 1024
  /// The kernel answers while it handles the request: an answer that takes longer was lost.
  private static let longestWait = 2
  /// Dumps come in datagrams of at most 32 KiB.
  private static let receiveSize = 64 << 10

  let descriptor: NetlinkDescriptor
  /// Operations in one transaction at most.
  let longestTransaction: Int
  var outgoing = MessageBuffer()
  var incoming = [UInt8](repeating: 0, count: receiveSize)
  private var sequence: UInt32 = 0

  /// For epoll, and for nothing else.
  package var fileDescriptor: Int32 { descriptor.number }
  /// Events of our own transactions carry this.
  package var portID: UInt32 { descriptor.portID }

  package init() throws(SetError) {
    let opened = try NetlinkDescriptor(isNonblocking: false)
    try opened.limitReceive(seconds: Self.longestWait)
    try opened.setNetlink(NETLINK_CAP_ACK, 1)
    try opened.setNetlink(NETLINK_EXT_ACK, 1)
    longestTransaction = Self.longestTransaction(
      sendBuffer: opened.reserve(.send, Self.wishedBuffer), receiveBuffer: opened.reserve(.receive, Self.wishedBuffer))
    descriptor = opened
  }

  /// As many operations as can be sent at once and, should all be refused, answered at once: at least one, at most 1024.
  ///
  /// The kernel counts its own bookkeeping in the sizes that it grants, so half is taken as ours; an answer occupies about 768 bytes.
  private static func longestTransaction(sendBuffer: Int, receiveBuffer: Int) -> Int {
    let steps = Int(TransactionAnswers.steps)
    let sendable = sendBuffer / 2 / (steps * MessageBuffer.longestMessage)
    let answerable = receiveBuffer / (steps * 1024)
    return max(1, min(sendable, answerable, mostOperations))
  }

  /// The first of `count` numbers that no earlier message of this socket used.
  mutating func reserveSequence(_ count: Int) -> UInt32 {
    let first = sequence &+ 1
    sequence = sequence &+ UInt32(count)
    return first
  }

  /// Receives one datagram and lends it to `body`.
  mutating func receive<Result>(_ body: (RawSpan) -> Result) throws(SetError) -> Result {
    do {
      let count = try descriptor.receive(into: &incoming)
      return incoming.withBytes { body($0.extracting(first: count)) }
    } catch {
      // A wait that ran out and a full buffer mean the same: the answer is gone.
      throw error.code == EAGAIN || error.code == ENOBUFS ? .noAnswer : SetError(errno: error.code)
    }
  }
}
