// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Turns the answers of system calls into values or typed errors.
package enum SystemCall {
  /// The answer, or the errno as an error; repeated when a signal interrupted it.
  @discardableResult
  package static func value<Answer: SignedInteger>(
    _ operation: StaticString, _ call: () -> Answer
  ) throws(PlatformError) -> Answer {
    while true {
      let answer = call()
      if answer >= 0 { return answer }
      guard errno == EINTR else { throw PlatformError(operation, errno) }
    }
  }

  /// As ``value(_:_:)``, but nil when the call would have to wait.
  package static func valueUnlessBlocked<Answer: SignedInteger>(
    _ operation: StaticString, _ call: () -> Answer
  ) throws(PlatformError) -> Answer? {
    do {
      return try value(operation, call)
    } catch {
      guard error.code == EAGAIN else { throw error }
      return nil
    }
  }
}
