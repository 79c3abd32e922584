// SPDX-License-Identifier: Apache-2.0

/// How the keeper starts the runner: its words and the numbers of its descriptors.
///
/// A daemon that may change users starts `postern-runner keep` before it gives that right up. That one keeps it, and starts runners when
/// the keeper sends it their descriptors; else the keeper starts `postern-runner run` itself, and programs run as its own user.
package enum RunnerLaunch: String, Hashable, Sendable {
  /// Starts runners, and does nothing else.
  case keep
  case run

  /// Of a keeper of rights: messages of one byte, each with ``handedCount`` descriptors.
  package static let orders: Int32 = 3
  package static let handedCount = 3

  /// Of a runner: requests and reports.
  package static let frames: Int32 = 3
  /// Sealed memory with its tables.
  package static let tables: Int32 = 4
  /// The numbers of the starts, open for reading and writing.
  package static let tickets: Int32 = 5

  package init?(arguments: [String]) {
    guard arguments.count == 1, let word = arguments.first else { return nil }
    self.init(rawValue: word)
  }

  package var arguments: [String] { [rawValue] }
}
