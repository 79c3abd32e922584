// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation

/// A network namespace of its own for one test: its ruleset is empty, and the host's is never touched.
enum Network {
  static let whyNot = "this process may not make a network namespace (unshare: EPERM); run as root"

  /// Whether tests of the kernel can run here.
  static let isAvailable: Bool = {
    let old = ctest_enter_new_network()
    guard old >= 0 else { return false }
    precondition(ctest_return_to_network(old) == 0)
    return true
  }()

  /// Runs `body` in a new namespace. The thread goes back afterwards, and `body` cannot suspend: no other test of the pool's
  /// thread sees the namespace. Children that `body` starts are in it too.
  static func isolated<Result>(_ body: () throws -> Result) throws -> Result {
    let old = ctest_enter_new_network()
    guard old >= 0 else { throw Failure(text: whyNot) }
    defer { precondition(ctest_return_to_network(old) == 0, "the thread is lost in a namespace") }
    return try body()
  }

  struct Failure: Error {
    let text: String
  }
}
