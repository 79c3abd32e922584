// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternPlatform

/// Keeps the right to change users, which the keeper gave up, and starts runners with it. It reads no tables and runs nothing else.
enum RightsKeeper {
  /// Until the keeper is gone.
  static func serve() throws(PlatformError) {
    try RunnerCapabilities.keepForRunners()
    let orders = try SeqpacketSocket(adopting: try .inherited(RunnerLaunch.orders))
    guard let path = ExecutablePath.directory.map({ $0 + "postern-runner" }) else {
      throw PlatformError("find postern-runner", ENOENT)
    }
    // Nobody waits for runners: how they end shows by their sockets.
    _ = signal(SIGCHLD, SIG_IGN)
    while let numbers = try orders.receiveDescriptors(RunnerLaunch.handedCount) { start(path, numbers) }
  }

  private static func start(_ path: String, _ numbers: [CInt]) {
    let owned = numbers.map { Handed($0) }
    let places = [RunnerLaunch.frames, RunnerLaunch.tables, RunnerLaunch.tickets]
    do throws(PlatformError) {
      let handed = zip(owned, places).map { SpawnedProcess.Descriptor($0.descriptor, as: $1) }
      _ = try SpawnedProcess(
        path, arguments: RunnerLaunch.run.arguments, descriptors: handed + [.init(standard: STDERR_FILENO)])
    } catch {
      Complaint.write("\(error)")
    }
    // The list names them by number only: they must be open until the child has its own.
    withExtendedLifetime(owned) {}
  }

  /// A descriptor that came by a message.
  private final class Handed {
    let descriptor: OwnedDescriptor
    init(_ number: CInt) { descriptor = OwnedDescriptor(owning: number) }
  }
}
