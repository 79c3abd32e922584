// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform
internal import PosternWire

/// One SYN by the kernel's own TCP: a connect that is given up before anything can answer, so that it is never repeated.
enum SynAttempt {
  static func send(to target: SocketAddress, hopLimit: UInt8?) throws(ClientError) {
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let number = socket(target.systemFamily, Int32(kind), 0)
    guard number >= 0 else { throw .system("socket") }
    let socket = OwnedDescriptor(owning: number)
    try socket.setHopLimit(hopLimit, target.address.family)
    // A host that refuses at once has seen the SYN.
    guard socket.connect(to: target) || errno == EINPROGRESS || errno == ECONNREFUSED else {
      throw .system("knocking at \(target)")
    }
  }
}
