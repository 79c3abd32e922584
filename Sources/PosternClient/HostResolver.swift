// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import PosternWire

/// Finds the addresses of a host: an address as it is, a name by the system's resolver.
package enum HostResolver {
  /// Each address of the families once, in the resolver's order; throws ``ClientError/unknownHost(_:reason:)`` when there is none.
  package static func addresses(
    of host: String, port: Port, families: Set<AddressFamily>
  ) throws(ClientError) -> [SocketAddress] {
    if let address = IPAddress(host) {
      guard families.contains(address.family) else { throw .unknownHost(host, reason: "is of the family that was left out") }
      return [SocketAddress(address, port: port)]
    }
    let found = try lookUp(host, port: port).filter { families.contains($0.address.family) }
    guard !found.isEmpty else { throw .unknownHost(host, reason: "has no address of the wanted family") }
    return found
  }

  /// The addresses of several hosts; those that have none are passed over while another has.
  package static func addresses(
    of hosts: [String], port: Port, families: Set<AddressFamily>
  ) throws(ClientError) -> [SocketAddress] {
    var found: [SocketAddress] = []
    var failure: ClientError?
    for host in hosts {
      do throws(ClientError) {
        found += try addresses(of: host, port: port, families: families)
      } catch {
        failure = error
      }
    }
    if found.isEmpty { throw failure ?? .usage("the profile names no gateway, and there is no HOST") }
    return found
  }

  private static func lookUp(_ host: String, port: Port) throws(ClientError) -> [SocketAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_family = AF_UNSPEC
    unsafe hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let failure = unsafe getaddrinfo(host, String(port.number), &hints, &list)
    guard failure == 0 else { throw .unknownHost(host, reason: unsafe String(cString: gai_strerror(failure))) }
    defer { unsafe freeaddrinfo(list) }
    return unsafe collect(list)
  }

  private static func collect(_ list: UnsafeMutablePointer<addrinfo>?) -> [SocketAddress] {
    var addresses: [SocketAddress] = []
    var next = unsafe list
    while let entry = unsafe next {
      if let raw = unsafe entry.pointee.ai_addr, let address = unsafe SocketAddress(system: raw), !addresses.contains(address) {
        addresses.append(address)
      }
      unsafe next = entry.pointee.ai_next
    }
    return addresses
  }
}
