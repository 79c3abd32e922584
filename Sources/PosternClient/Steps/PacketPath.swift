// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform
internal import PosternProtocols
internal import PosternWire

/// A socket for whole packets, IP header and all, and the two addresses that they bear where a step names no other source.
struct PacketPath: ~Copyable {
  private let descriptor: OwnedDescriptor
  private let source: IPAddress
  private let target: IPAddress

  init(_ descriptor: consuming OwnedDescriptor, to target: SocketAddress) throws(ClientError) {
    guard descriptor.connect(to: target), let source = descriptor.localAddress else {
      throw .system("finding a way to \(target.address)")
    }
    self.descriptor = descriptor
    self.source = source
    self.target = target.address
  }

  func send(_ step: KnockStep, chance: StepChance) throws(ClientError) {
    guard var builder = PacketBuilder(from: step.ip.source ?? source, to: target) else {
      throw .usage("the packet's source is of another family than the gateway's address \(target)")
    }
    builder.identification = step.ip.identification ?? 0
    builder.hopLimit = step.ip.hopLimit ?? builder.hopLimit
    let packet = step.packet(builder, chance: chance)
    guard unsafe Glibc.send(descriptor.number, packet, packet.count, Int32(MSG_NOSIGNAL)) == packet.count else {
      throw .system("sending to \(target)")
    }
  }
}
