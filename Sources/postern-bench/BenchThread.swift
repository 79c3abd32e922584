// SPDX-License-Identifier: Apache-2.0
internal import PosternClient
internal import PosternPlatform

/// Threads of the bench: a namespace sticks to the thread that entered it.
enum BenchThread {
  static func start(_ body: @escaping @Sendable () -> Void) throws(BenchFailure) -> Worker {
    do throws(ClientError) {
      return try Worker(body)
    } catch {
      throw BenchFailure(error.description)
    }
  }

  /// Moves the calling thread, for good.
  static func enter(_ namespace: String) throws(BenchFailure) {
    try platform { () throws(PlatformError) in try NetworkNamespace.enter(named: namespace) }
  }

  /// Makes a failure of the bench of one of the platform.
  static func platform<Value: ~Copyable>(_ body: () throws(PlatformError) -> Value) throws(BenchFailure) -> Value {
    do throws(PlatformError) {
      return try body()
    } catch {
      throw BenchFailure(error.description)
    }
  }
}
