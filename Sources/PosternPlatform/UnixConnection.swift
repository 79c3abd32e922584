// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// Who stands at the other end of a connection, as the kernel says (SO_PEERCRED of unix(7)), at the time of the connect.
package struct PeerCredentials: Hashable, Sendable {
  package let user: UInt32
  package let group: UInt32
  package let process: Int32

  package init(user: UInt32, group: UInt32, process: Int32) {
    self.user = user
    self.group = group
    self.process = process
  }
}

/// A stream between two processes of this host.
package struct UnixConnection: ~Copyable {
  package let descriptor: OwnedDescriptor
  package let peer: PeerCredentials

  /// Connects to a listener; waits while its queue is full.
  package init(connectingTo path: String) throws(PlatformError) {
    let socket = try OwnedDescriptor("create unix socket") { postern_unix_socket(0) }
    let number = socket.number
    try SystemCall.value("connect to unix socket") { unsafe postern_unix_connect(number, path) }
    try self.init(adopting: socket)
  }

  init(adopting socket: consuming OwnedDescriptor) throws(PlatformError) {
    var user: UInt32 = 0
    var group: UInt32 = 0
    var process: Int32 = 0
    let number = socket.number
    try SystemCall.value("ask for peer") { unsafe postern_peer_credentials(number, &user, &group, &process) }
    peer = PeerCredentials(user: user, group: group, process: process)
    descriptor = socket
  }

  /// All groups that the peer was in at the time of the connect: its own and the supplementary ones (SO_PEERGROUPS of unix(7)).
  package func peerGroups() throws(PlatformError) -> [UInt32] {
    let number = descriptor.number
    var groups = [UInt32](repeating: 0, count: 32)
    while true {
      let capacity = CInt(clamping: groups.count)
      let count = Int(try SystemCall.value("ask for peer's groups") { unsafe postern_peer_groups(number, &groups, capacity) })
      if count <= groups.count { return [peer.group] + groups.prefix(count) }
      groups = [UInt32](repeating: 0, count: count)
    }
  }

  /// The number of bytes taken, which may be fewer than given; nil when the buffer is full and `waits` is false.
  package func send(_ bytes: RawSpan, waits: Bool = false) throws(PlatformError) -> Int? {
    try SocketTransfer.send("send to unix socket", descriptor, bytes, waits: waits)
  }

  /// A wait for input ends after so many seconds, as if there were none.
  package func limitWaiting(seconds: Int) throws(PlatformError) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    let number = descriptor.number
    try SystemCall.value("limit waiting") {
      unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  /// Reads what is there, as much as the buffer holds.
  package func receive(into buffer: inout [UInt8], waits: Bool = false) throws(PlatformError) -> Received {
    try SocketTransfer.receive("receive from unix socket", descriptor, into: &buffer, waits: waits, isStream: true)
  }
}
