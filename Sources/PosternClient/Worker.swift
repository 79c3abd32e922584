// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A thread that runs one function; it ends with the function or with the process.
package struct Worker: ~Copyable {
  private let thread: pthread_t

  package init(_ body: @escaping @Sendable () -> Void) throws(ClientError) {
    let task = unsafe Unmanaged.passRetained(Task(body))
    var thread = pthread_t()
    let code = unsafe pthread_create(&thread, nil, Self.entry, task.toOpaque())
    guard code == 0 else {
      unsafe task.release()
      throw .system(operation: "starting a thread", reason: ClientError.reason(code))
    }
    self.thread = thread
  }

  /// Waits for the end of the function.
  package consuming func join() { _ = pthread_join(thread, nil) }

  private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { raw in
    if let raw = unsafe raw { unsafe Unmanaged<Task>.fromOpaque(raw).takeRetainedValue().body() }
    return nil
  }

  private final class Task: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
