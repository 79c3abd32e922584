// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternPlatform
internal import PosternWire

/// Sends SYNs with data, beside the kernel's own TCP.
///
/// Where something answers with a SYN and ACK, this host's kernel knows of no such flow and resets it: nothing stays behind.
struct SynSocket: ~Copyable {
  /// The maximum segment size of an Ethernet path, 1460, as the option that every SYN bears (RFC 9293 section 3.7.1).
  private static let segmentSize: [UInt8] = [2, 4, 0x05, 0xb4]

  private let path: SegmentPath
  private let port: Port

  init(to target: SocketAddress) throws(ClientError) {
    path = try SegmentPath(Self.open(target.address.family), to: target)
    port = target.port
  }

  /// Source port and sequence number are drawn at random, as for any flow.
  func send(_ data: [UInt8]) throws(ClientError) {
    let chance = try Self.chance()
    let source = Port.ephemeral(chance.0)
    try path.send {
      $0.tcp(from: source, to: port.number, flags: .syn, sequence: chance.1, options: Self.segmentSize, payload: data)
    }
  }

  private static func open(_ family: AddressFamily) throws(ClientError) -> OwnedDescriptor {
    do throws(PlatformError) {
      return try SegmentSocket.tcp(family)
    } catch {
      throw ClientError(error, carrier: .tcpSyn)
    }
  }

  private static func chance() throws(ClientError) -> (UInt16, UInt32) {
    do throws(CryptoError) {
      return try Randomness.bytes(6).withBytes { ($0.u16(at: 0), $0.u32(at: 2)) }
    } catch {
      throw ClientError(error)
    }
  }
}

extension Port {
  /// One of the dynamic ports 49152...65535 (RFC 6335 section 6).
  fileprivate static func ephemeral(_ chance: UInt16) -> UInt16 { 0xc000 | chance }
}
