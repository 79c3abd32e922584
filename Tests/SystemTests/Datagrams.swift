// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation

/// A UDP service of a namespace, both families, that sends back what it gets.
final class EchoService {
  private let number: Int32

  init(in namespace: String, _ port: UInt16) throws {
    number = unsafe support_datagrams_in("/run/netns/" + namespace, port)
    guard number >= 0 else { throw Shell.Failure(description: "cannot take datagrams in \(namespace) on \(port)") }
  }

  deinit { close(number) }

  /// Answers one datagram; false when none comes within the time.
  func answer(milliseconds: Int32 = 300) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64)
    return unsafe support_answer_datagram(number, &buffer, buffer.count, milliseconds) > 0
  }
}

/// A client's UDP socket with a port of its own, connected to a service.
final class DatagramClient {
  private let number: Int32
  let port: UInt16

  init(in namespace: String, from: String, to: String, _ port: UInt16) throws {
    number = unsafe support_udp_in("/run/netns/" + namespace, from, to, port)
    self.port = support_port(number)
    guard number >= 0, self.port > 0 else { throw Shell.Failure(description: "no socket in \(namespace)") }
  }

  deinit { close(number) }

  func send() { _ = unsafe write(number, "hello", 5) }

  /// Whether the service gets a datagram, and the client its answer.
  func reaches(_ service: EchoService) -> Bool {
    send()
    return service.answer() && hears()
  }

  /// Whether something comes within the time.
  func hears(milliseconds: Int32 = 300) -> Bool {
    var wait = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&wait, 1, milliseconds) == 1 else { return false }
    var buffer = [UInt8](repeating: 0, count: 64)
    return unsafe read(number, &buffer, buffer.count) > 0
  }
}
