// SPDX-License-Identifier: Apache-2.0
internal import PosternPlatform
internal import PosternWire

extension PacketSender {
  /// To the gateway of a bench.
  static func open(to gateway: IPv4Address) throws(BenchFailure) -> PacketSender {
    try BenchThread.platform { () throws(PlatformError) in try PacketSender(to: gateway) }
  }

  func send(all packets: some Sequence<[UInt8]>) throws(BenchFailure) {
    do throws(PlatformError) {
      for packet in packets { try send(packet) }
    } catch {
      throw BenchFailure(error.description)
    }
  }
}
