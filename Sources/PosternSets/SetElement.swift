// SPDX-License-Identifier: Apache-2.0

/// An element to put into a set with timeouts, or into a map with timeouts.
package struct SetElement: Hashable, Sendable {
  package var key: ElementKey
  package var timeout: Milliseconds
  package var comment: ElementComment?
  /// What a map's element leads to; nil for a set's.
  package var data: ElementData?

  package init(key: ElementKey, timeout: Milliseconds, comment: ElementComment? = nil, data: ElementData? = nil) {
    self.key = key
    self.timeout = timeout
    self.comment = comment
    self.data = data
  }
}
