// SPDX-License-Identifier: Apache-2.0
internal import PosternClient
internal import PosternPlatform
internal import PosternWire
internal import Synchronization

/// Listens at port 22 of a namespace and hangs up on whoever comes.
final class BenchService: Sendable {
  private let isEnding = Atomic(false)

  /// Returns when it listens.
  init(in namespace: String) throws(BenchFailure) {
    let ready = Handover<Result<Void, BenchFailure>>()
    _ = try BenchThread.start { [self] in serve(namespace) { ready.give($0) } }
    try ready.take().get()
  }

  func end() { isEnding.store(true, ordering: .relaxed) }

  private func serve(_ namespace: String, _ ready: (Result<Void, BenchFailure>) -> Void) {
    do {
      try BenchThread.enter(namespace)
      guard let port = Port(22) else { return }
      let listener = try ServiceListener(nil, port, datagrams: false, waits: false)
      ready(.success(()))
      while !isEnding.load(ordering: .relaxed) {
        if Readiness.hasInput(listener.descriptor.number, milliseconds: 100) { _ = try? listener.accept() }
      }
    } catch {
      ready(.failure(BenchFailure("listening: \(error)")))
    }
  }
}
