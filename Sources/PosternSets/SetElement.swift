// SPDX-License-Identifier: Apache-2.0

/// An element to put into a set with timeouts.
package struct SetElement: Hashable, Sendable {
  package var key: ElementKey
  package var timeout: Milliseconds
  package var comment: ElementComment?

  package init(key: ElementKey, timeout: Milliseconds, comment: ElementComment? = nil) {
    self.key = key
    self.timeout = timeout
    self.comment = comment
  }
}
