// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import Glibc

/// A TCP listener inside a namespace, both families.
final class Listener {
  private let number: Int32

  init(in namespace: String, _ port: UInt16) throws {
    number = unsafe support_listen_in("/run/netns/" + namespace, port)
    guard number >= 0 else { throw Shell.Failure(description: "cannot listen in \(namespace) on \(port)") }
  }

  deinit { close(number) }

  /// The stream that came in first; waits for one.
  func next(milliseconds: Int32 = 3000) throws -> Connection {
    var wait = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&wait, 1, milliseconds) == 1 else { throw Shell.Failure(description: "nobody came in") }
    return try Connection(accept(number, nil, nil))
  }
}

/// One end of a connection.
final class Connection: Sendable {
  private let number: Int32

  fileprivate init(_ number: Int32) throws {
    guard number >= 0 else { throw Shell.Failure(description: "no connection") }
    self.number = number
  }

  /// Connects out of a namespace.
  convenience init(from namespace: String, to address: String, _ port: UInt16) throws {
    try self.init(unsafe support_connect_in("/run/netns/" + namespace, address, port, 3000))
  }

  deinit { close(number) }

  /// Whether bytes go from here to `other`.
  func reaches(_ other: Connection, milliseconds: Int32 = 3000) -> Bool {
    let sent = unsafe Glibc.send(number, "hello", 5, Int32(MSG_NOSIGNAL))
    var wait = pollfd(fd: other.number, events: Int16(POLLIN), revents: 0)
    guard sent == 5, unsafe poll(&wait, 1, milliseconds) == 1 else { return false }
    var buffer = [UInt8](repeating: 0, count: 5)
    return unsafe read(other.number, &buffer, 5) == 5
  }

  /// The first bytes that come, as text; fewer when no more come in time.
  func reads(_ count: Int, milliseconds: Int32 = 3000) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: count)
    var wait = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    while bytes.count < count, unsafe poll(&wait, 1, milliseconds) == 1 {
      let length = unsafe read(number, &buffer, count - bytes.count)
      guard length > 0 else { break }
      bytes += buffer[..<length]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether the other end, or somebody in its name, has reset the stream.
  func isBroken() -> Bool {
    var wait = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&wait, 1, 2000) == 1 && wait.revents & Int16(POLLERR | POLLHUP) != 0
  }

  /// Sends some bytes; false when the stream is over.
  func sends() -> Bool {
    let bytes = [UInt8](repeating: 0x5a, count: 4096)
    return unsafe Glibc.send(number, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0
  }

  /// Takes so many bytes, fewer when the stream is over.
  func takes(bytes: Int) -> Int {
    var buffer = [UInt8](repeating: 0, count: 65536)
    var taken = 0
    while taken < bytes {
      let count = unsafe read(number, &buffer, min(buffer.count, bytes - taken))
      guard count > 0 else { return taken }
      taken += count
    }
    return taken
  }

  /// The address of the other end as this end sees it; IPv4 without the form that a listener of both families gives it.
  var peer: String? {
    var text = [CChar](repeating: 0, count: 64)
    guard unsafe support_peer(number, &text, text.count) == 0 else { return nil }
    let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address
  }
}
