// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// A child process: a separate executable with numbered descriptors, started without forking this process's Swift code.
package struct SpawnedProcess: ~Copyable {
  /// A descriptor of this process and the number that the child finds it under.
  package struct Descriptor: Hashable, Sendable {
    package let from: CInt
    package let to: CInt

    package init(_ from: borrowing OwnedDescriptor, as to: CInt) {
      self.from = from.number
      self.to = to
    }

    /// One whose owner is another type, by its number.
    package init(lending from: CInt, as to: CInt) {
      self.from = from
      self.to = to
    }

    /// One of this process's standard streams.
    package init(standard number: CInt) {
      from = number
      to = number
    }
  }

  /// How a child ended.
  package enum End: Hashable, Sendable, CustomStringConvertible {
    case exited(CInt)
    case signalled(CInt)

    package var description: String {
      switch self {
      case .exited(let status): "exited with status \(status)"
      case .signalled(let signal): "killed by signal \(signal)"
      }
    }
  }

  package let pid: Int32
  /// Readable when the child has ended (pidfd_open(2)).
  package let descriptor: OwnedDescriptor

  /// Starts `path`, an absolute path: no search takes place.
  ///
  /// The child has the given descriptors and no other, /dev/null for the standard streams not given, the given environment only, and
  /// no blocked or ignored signals. It inherits the calling thread's namespaces and capabilities, as any child does.
  package init(
    _ path: String, arguments: [String] = [], environment: [String: String] = [:], descriptors: [Descriptor] = []
  ) throws(PlatformError) {
    let above = (descriptors.map(\.to).max() ?? 2) + 1
    var clones: [postern_descriptor] = []
    defer { for clone in clones { _ = close(clone.from) } }
    for given in descriptors {
      // above all targets, so that no dup2 in the child hits a source that is still needed
      let from = try SystemCall.value("duplicate descriptor") { postern_duplicate_above(given.from, above) }
      clones.append(postern_descriptor(from: from, to: given.to))
    }
    let child = try Self.spawn(path, [path] + arguments, environment.map { "\($0.key)=\($0.value)" }, clones)
    descriptor = try Self.watch(child)
    pid = child
  }

  /// How it ended, nil while it runs; ECHILD when that was told before.
  package func end() throws(PlatformError) -> End? { try reap(waits: false) }

  /// Waits for the end.
  package func wait() throws(PlatformError) -> End {
    guard let end = try reap(waits: true) else { throw PlatformError("wait for child", ECHILD) }
    return end
  }

  /// ESRCH when it has ended; never reaches another process that got the same number.
  package func signal(_ signal: CInt) throws(PlatformError) {
    let number = descriptor.number
    try SystemCall.value("signal child") { postern_pidfd_signal(number, signal) }
  }

  private func reap(waits: Bool) throws(PlatformError) -> End? {
    var signalled: CInt = 0
    var status: CInt = 0
    let number = descriptor.number
    let hasEnded = try SystemCall.value("reap child") { unsafe postern_reap(number, waits ? 1 : 0, &signalled, &status) }
    guard hasEnded == 1 else { return nil }
    return signalled == 0 ? .exited(status) : .signalled(status)
  }

  private static func spawn(
    _ path: String, _ arguments: [String], _ environment: [String], _ descriptors: [postern_descriptor]
  ) throws(PlatformError) -> Int32 {
    var pid: pid_t = 0
    var argv = CStringArray(arguments)
    var envp = CStringArray(environment)
    let error = unsafe argv.withPointers { argv in
      unsafe envp.withPointers { envp in
        unsafe postern_spawn(path, argv, envp, descriptors, CInt(descriptors.count), &pid)
      } ?? EINVAL
    }
    guard error == 0 else { throw PlatformError("start program", error ?? EINVAL) }
    return pid
  }

  private static func watch(_ child: Int32) throws(PlatformError) -> OwnedDescriptor {
    do {
      return try OwnedDescriptor("watch child") { postern_pidfd_open(child) }
    } catch {
      _ = kill(child, SIGKILL)
      _ = waitpid(child, nil, 0)
      throw error
    }
  }
}
