// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import PosternPlatform
import Testing

/// Networks of their own for tests. A namespace sticks to its thread, so each test body gets a thread that ends with it.
enum NetworkNamespace {
  static let needs: Testing.Comment = "needs the right to make network namespaces"

  static let isAvailable = (try? run {}) != nil

  struct Refused: Error {}

  /// Runs `body` in a new network with loopback up, and brings its result back. Expectations belong outside: the thread is no test.
  static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
    try onThread {
      guard support_enter_new_network() == 0 else { throw Refused() }
      return try body()
    }
  }

  /// Loads a ruleset into the network of the calling thread.
  static func load(_ ruleset: String) throws {
    guard try SpawnedProcess("/usr/sbin/nft", arguments: [ruleset], descriptors: [.init(standard: 2)]).wait() == .exited(0) else {
      throw Refused()
    }
  }

  private static func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
    let box = Box<Result>()
    let thread = Thread {
      box.result = Swift.Result { try body() }
      box.done.signal()
    }
    thread.start()
    box.done.wait()
    guard let result = box.result else { throw Refused() }
    return try result.get()
  }

  private final class Box<Value: Sendable>: @unchecked Sendable {
    var result: Result<Value, any Error>?
    let done = DispatchSemaphore(value: 0)
  }
}
