// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform
internal import PosternWire

/// A socket whose transport headers this program writes, and the two addresses that its packets will bear.
struct SegmentPath: ~Copyable {
  private let descriptor: OwnedDescriptor
  private let target: SocketAddress
  private let builder: PacketBuilder

  /// Lets the kernel choose the source by its routes: the checksums need it before anything is sent.
  init(_ descriptor: consuming OwnedDescriptor, to target: SocketAddress) throws(ClientError) {
    guard descriptor.connect(to: target) else { throw .system("finding a way to \(target.address)") }
    guard let source = descriptor.localAddress, let builder = PacketBuilder(from: source, to: target.address) else {
      throw .system(operation: "finding a way to \(target.address)", reason: "no source address")
    }
    self.descriptor = descriptor
    self.target = target
    self.builder = builder
  }

  /// Sends the segment of the packet that `make` builds; the IP header before it will be the kernel's own, with this hop limit where
  /// one is given.
  func send(hopLimit: UInt8? = nil, _ make: (PacketBuilder) -> [UInt8]) throws(ClientError) {
    try descriptor.setHopLimit(hopLimit, target.address.family)
    let segment = Array(make(builder).dropFirst(headerLength))
    let sent = unsafe Glibc.send(descriptor.number, segment, segment.count, Int32(MSG_NOSIGNAL))
    guard sent == segment.count else { throw .system("sending to \(target.address)") }
  }

  private var headerLength: Int {
    switch target.address {
    case .v4: IPv4Header.minimumLength
    case .v6: IPv6Header.length
    }
  }
}
