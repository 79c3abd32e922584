// SPDX-License-Identifier: Apache-2.0

/// The link types whose frames can be opened, by their numbers at tcpdump.org.
package enum LinkType: UInt16, Hashable, Sendable, CaseIterable {
  case null = 0
  case ethernet = 1
  /// What BSDs write for raw IP.
  case raw12 = 12
  case raw14 = 14
  case raw = 101
  case loop = 108
  case linuxCooked = 113
  case ipv4 = 228
  case ipv6 = 229
  case nflog = 239
  case linuxCooked2 = 276
}
