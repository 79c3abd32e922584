// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternCrypto
internal import PosternPlatform
internal import PosternWire

/// Sends echo requests: by a ping socket, which ordinary users may have, or by a raw one.
struct EchoSocket: ~Copyable {
  private let path: SegmentPath

  init(to target: SocketAddress) throws(ClientError) {
    path = try SegmentPath(Self.open(target.address.family), to: target)
  }

  /// The identifier is drawn at random; a ping socket puts its own in its place.
  func send(_ data: [UInt8]) throws(ClientError) {
    let identifier = try Self.identifier()
    try path.send { $0.echoRequest(identifier: identifier, sequence: 1, payload: data) }
  }

  private static func open(_ family: AddressFamily) throws(ClientError) -> OwnedDescriptor {
    if let socket = try? SegmentSocket.ping(family) { return socket }
    do throws(PlatformError) {
      return try SegmentSocket.icmp(family)
    } catch {
      throw ClientError(error, carrier: .icmp)
    }
  }

  private static func identifier() throws(ClientError) -> UInt16 {
    do throws(CryptoError) {
      return try Randomness.bytes(2).withBytes { $0.u16(at: 0) }
    } catch {
      throw ClientError(error)
    }
  }
}
