// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternControl
import PosternPlatform
import PosternRunner

/// The way to a process that may still change users, which this one gives up at its start: `postern-runner keep`.
final class RightsLink {
  private let orders: SeqpacketSocket
  private let process: SpawnedProcess

  private init(_ orders: consuming SeqpacketSocket, _ process: consuming SpawnedProcess) {
    self.orders = orders
    self.process = process
  }

  /// What is needed to start others as others, and to make sure that they regain nothing.
  private static let needed: CapabilitySet = [.setuid, .setgid, .setpcap]

  /// Whom programs can become, asked before this process gives its rights up.
  static func rights() throws(PlatformError) -> RunnerRights {
    let own = SystemUser.own
    return RunnerRights(
      user: own.user, group: own.group, mayChange: try Capabilities.current().effective.isSuperset(of: needed),
      hasOthers: SystemUser.hasOthers)
  }

  /// Nil where there is nothing to keep, or no such program.
  static func open(_ rights: RunnerRights) -> RightsLink? {
    guard rights.mayChange, let path = try? Programs.path("postern-runner"), let pair = try? SeqpacketPair() else { return nil }
    let process = try? SpawnedProcess(
      path, arguments: RunnerLaunch.keep.arguments,
      descriptors: [.init(pair.far.descriptor, as: RunnerLaunch.orders), .init(standard: STDERR_FILENO)])
    guard let process else { return nil }
    return RightsLink(pair.keepNear(), process)
  }

  /// Has a runner started with these descriptors, in the order of their numbers in ``RunnerLaunch``.
  func start(_ descriptors: [CInt]) throws(PlatformError) { try orders.send(descriptors: descriptors) }

  /// Ends it, and waits until it is gone.
  func close() {
    try? orders.endSending()
    try? process.signal(SIGKILL)
    _ = try? process.wait()
  }
}
