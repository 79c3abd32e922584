// SPDX-License-Identifier: Apache-2.0
import CPosternShims

/// A refusal of the operating system: what was asked, and the errno.
package struct PlatformError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A few words for operators, such as "bind control socket"; the same words are the same error.
  package let operation: String
  package let code: CInt

  package init(_ operation: StaticString, _ code: CInt) {
    self.operation = operation.description
    self.code = code
  }

  package var description: String { unsafe "\(operation): \(String(cString: postern_error_text(code)))" }
}
