// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import PosternPlatform

/// Carries bytes between a connection and two descriptors of this process, each direction by itself until its own end.
///
/// The end of the input becomes the end of what the server reads, while its answer still flows. Descriptors that came from outside
/// keep their blocking mode, which other processes share; hence one thread a direction and not one loop.
package struct StreamRelay: ~Copyable {
  private let socket: OwnedDescriptor
  private let input: OwnedDescriptor
  private let output: OwnedDescriptor

  /// Takes over the three; SIGPIPE must be ignored.
  package init(socket: consuming OwnedDescriptor, input: consuming OwnedDescriptor, output: consuming OwnedDescriptor) {
    self.socket = socket
    self.input = input
    self.output = output
  }

  /// Returns when both directions have ended, or when nobody reads the output any more; throws ``ClientError/streamBroken(_:)`` when
  /// the connection broke.
  package consuming func run() throws(ClientError) {
    try configure()
    let upward = ByteCopy(source: input.number, destination: socket.number)
    let worker = try Worker {
      _ = upward.run()
      _ = shutdown(upward.destination, Int32(SHUT_WR))
    }
    switch ByteCopy(source: socket.number, destination: output.number).run() {
    case .endOfFile:
      // The reader of the output learns that nothing more comes, while the input may go on.
      Self.close(output)
      worker.join()
    case .destinationFailed: return
    case .sourceFailed(let code): throw .streamBroken("the connection broke: \(ClientError.reason(code))")
    }
  }

  /// Blocking, and without the delay that waits for more bytes: people type into this.
  private func configure() throws(ClientError) {
    let number = socket.number
    let flags = fcntl(number, F_GETFL)
    guard flags >= 0, fcntl(number, F_SETFL, flags & ~O_NONBLOCK) == 0 else { throw .system("fcntl") }
    var yes: Int32 = 1
    _ = unsafe setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func close(_ descriptor: consuming OwnedDescriptor) {}
}
