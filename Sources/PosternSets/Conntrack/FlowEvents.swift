// SPDX-License-Identifier: Apache-2.0
import CNftnl
import Glibc
package import PosternKnock
import PosternWire

/// A socket that hears of flows that came through doors, of their changes and their ends; it never blocks.
///
/// The kernel itself leaves out all other flows, by their marks: a flood of strangers' flows costs nothing here. (The name of the
/// network's connections, `conntrack`, is the kernel's; here they are flows.)
package struct FlowEvents: ~Copyable {
  /// A thousand users who come in at once.
  private static let wishedBuffer: Int32 = 2 << 20

  private let descriptor: NetlinkDescriptor
  private var incoming = [UInt8](repeating: 0, count: 16 << 10)

  /// Readable when events wait.
  package var fileDescriptor: Int32 { descriptor.number }

  package init(_ marks: FlowMarks) throws(SetError) {
    let opened = try NetlinkDescriptor(isNonblocking: true)
    _ = opened.reserve(.receive, Self.wishedBuffer)
    // Sessions and cut flows have this bit, flows that wait before a door do not.
    try opened.want(marks: marks.session)
    for group in ConntrackConstants.groups { try opened.setNetlink(NETLINK_ADD_MEMBERSHIP, group) }
    descriptor = opened
  }

  /// The events of the next datagram, possibly none; nil when none waits.
  package mutating func next() throws(SetError) -> [FlowEvent]? {
    do {
      let count = try descriptor.receive(into: &incoming)
      return incoming.withBytes { FlowEvent.events(in: $0.extracting(first: count)) }
    } catch {
      switch error.code {
      case EAGAIN: return nil
      case ENOBUFS, EMSGSIZE: return [.overrun]
      default: throw SetError(errno: error.code)
      }
    }
  }
}
