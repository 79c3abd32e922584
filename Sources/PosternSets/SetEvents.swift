// SPDX-License-Identifier: Apache-2.0
import CNftnl
import Glibc
import PosternWire

/// A socket of its own that hears of every change to the ruleset of its network namespace; it never blocks.
package struct SetEvents: ~Copyable {
  /// A restart of the firewall sends a message for every rule and element.
  private static let wishedBuffer: Int32 = 4 << 20

  private let descriptor: NetlinkDescriptor
  private var incoming = [UInt8](repeating: 0, count: 64 << 10)

  /// Readable when events wait.
  package var fileDescriptor: Int32 { descriptor.number }

  /// Changes that come from the socket `own` (``NftSocket/portID``) are left out by the kernel itself: they cost nothing here.
  package init(ignoring own: UInt32? = nil) throws(SetError) {
    let opened = try NetlinkDescriptor(isNonblocking: true)
    _ = opened.reserve(.receive, Self.wishedBuffer)
    if let own { try opened.ignore(port: own) }
    try opened.setNetlink(NETLINK_ADD_MEMBERSHIP, Int32(NFNLGRP_NFTABLES.rawValue))
    descriptor = opened
  }

  /// The events of the next datagram, possibly none of interest; nil when none waits.
  package mutating func next() throws(SetError) -> [SetEvent]? {
    do {
      let count = try descriptor.receive(into: &incoming)
      return incoming.withBytes { SetEvent.events(in: $0.extracting(first: count)) }
    } catch {
      switch error.code {
      case EAGAIN: return nil
      case ENOBUFS, EMSGSIZE: return [.overrun]
      default: throw SetError(errno: error.code)
      }
    }
  }
}
