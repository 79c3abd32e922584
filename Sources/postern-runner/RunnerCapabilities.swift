// SPDX-License-Identifier: Apache-2.0
import PosternPlatform
import PosternRunner

/// What a runner may keep of root's rights, so that its programs can be others and have none.
enum RunnerCapabilities {
  /// To become a program's user, to end its programs then, and to listen below port 1024.
  private static let wanted: CapabilitySet = [.setuid, .setgid, .kill, .netBindService]
  private static let toChange: CapabilitySet = [.setuid, .setgid]

  /// Keeps them for runners to start, and gives up everything else.
  static func keepForRunners() throws(PlatformError) {
    try Capabilities.keepForHeirs(try Capabilities.current().permitted.intersection(wanted))
  }

  /// Gives up everything else, for good; programs get nothing of it.
  static func confine() throws(PlatformError) {
    _ = try Capabilities.keepOnly(try Capabilities.current().permitted.intersection(wanted))
  }

  static func rights() throws(PlatformError) -> RunnerRights {
    let own = SystemUser.own
    return RunnerRights(
      user: own.user, group: own.group, mayChange: try Capabilities.current().effective.isSuperset(of: toChange),
      hasOthers: SystemUser.hasOthers)
  }
}
