// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternClient
import PosternPlatform
import PosternWire
import Testing

/// Sockets on 127.0.0.1 for tests.
enum Loopback {
  static func bound(_ kind: __socket_type, port: UInt16 = 0) throws -> OwnedDescriptor {
    let socket = OwnedDescriptor(owning: Glibc.socket(AF_INET, Int32(kind.rawValue), 0))
    var yes: Int32 = 1
    _ = unsafe setsockopt(socket.number, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let answer = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(answer == 0, "bind: \(errno)")
    return socket
  }

  static func listener(port: UInt16 = 0, backlog: Int32 = 16) throws -> OwnedDescriptor {
    let socket = try bound(SOCK_STREAM, port: port)
    try #require(listen(socket.number, backlog) == 0)
    return socket
  }

  static func address(of socket: borrowing OwnedDescriptor) throws -> SocketAddress {
    var raw = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let number = socket.number
    let answer = unsafe withUnsafeMutablePointer(to: &raw) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(number, $0, &length) }
    }
    try #require(answer == 0)
    return at(raw.sin_port.bigEndian)
  }

  static func at(_ port: UInt16) -> SocketAddress { SocketAddress(.v4(IPv4Address(0x7f00_0001)), port: Port(port)!) }

  /// A port at which nobody listens, at least for now.
  static func freePort() throws -> UInt16 {
    let socket = try bound(SOCK_STREAM)
    return try address(of: socket).port.number
  }

  /// The datagrams that wait.
  static func datagrams(_ socket: borrowing OwnedDescriptor) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var buffer = [UInt8](repeating: 0, count: 2048)
    while true {
      let count = unsafe recv(socket.number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count >= 0 else { return found }
      found.append(Array(buffer[..<count]))
    }
  }

  static func accept(_ listener: borrowing OwnedDescriptor) -> OwnedDescriptor {
    OwnedDescriptor(owning: Glibc.accept(listener.number, nil, nil))
  }

  static func readAll(_ number: Int32) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(number, &buffer, buffer.count)
      guard count > 0 else { return all }
      all += buffer[..<count]
    }
  }

  static func writeAll(_ bytes: [UInt8], to number: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
