// SPDX-License-Identifier: Apache-2.0

/// The systems whose configuration can be taken over.
package enum ForeignSystem: String, Sendable, CaseIterable {
  case fwknop, knockd, doorman, cd00r, sadoor, tumbler

  /// The name of the protocol in a key's section, and of its packets in the rules.
  var protocolName: String { rawValue }

  var fileName: String { "\(rawValue).toml" }
}
