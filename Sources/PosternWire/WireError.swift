// SPDX-License-Identifier: Apache-2.0

/// Why bytes could not be read as what they claim to be.
package enum WireError: Error, Hashable, Sendable {
  /// The bytes end before the field does.
  case truncated
  /// A length, version or count contradicts the bytes.
  case malformed
}
