// SPDX-License-Identifier: Apache-2.0
import Glibc
package import PosternWire

/// Sockets for which a program writes the transport header itself; IP stays the kernel's.
package enum SegmentSocket {
  /// For TCP segments, header first (raw(7)). EPERM without CAP_NET_RAW.
  package static func tcp(_ family: AddressFamily) throws(PlatformError) -> OwnedDescriptor {
    try open("open raw TCP socket", family, SOCK_RAW, Int32(IPPROTO_TCP))
  }

  /// For ICMP or ICMPv6 messages, header first (raw(7)). EPERM without CAP_NET_RAW.
  package static func icmp(_ family: AddressFamily) throws(PlatformError) -> OwnedDescriptor {
    try open("open raw ICMP socket", family, SOCK_RAW, icmpProtocol(family))
  }

  /// For echo requests alone, header first; the kernel puts in identifier and checksum. Needs no capability but a group within
  /// net.ipv4.ping_group_range, which counts for both families: EACCES otherwise (icmp(7)).
  package static func ping(_ family: AddressFamily) throws(PlatformError) -> OwnedDescriptor {
    try open("open ping socket", family, SOCK_DGRAM, icmpProtocol(family))
  }

  /// For whole IP packets, both headers first; the kernel puts in the IPv4 checksum, and an identification where it is zero (raw(7)).
  /// EPERM without CAP_NET_RAW.
  package static func packet(_ family: AddressFamily) throws(PlatformError) -> OwnedDescriptor {
    try open("open raw IP socket", family, SOCK_RAW, Int32(IPPROTO_RAW))
  }

  private static func open(
    _ operation: StaticString, _ family: AddressFamily, _ kind: __socket_type, _ transport: Int32
  ) throws(PlatformError) -> OwnedDescriptor {
    try OwnedDescriptor(operation) { socket(systemFamily(family), Int32(kind.rawValue | SOCK_CLOEXEC.rawValue), transport) }
  }

  private static func systemFamily(_ family: AddressFamily) -> Int32 {
    switch family {
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    }
  }

  private static func icmpProtocol(_ family: AddressFamily) -> Int32 {
    switch family {
    case .ipv4: Int32(IPPROTO_ICMP)
    case .ipv6: Int32(IPPROTO_ICMPV6)
    }
  }
}
