// SPDX-License-Identifier: Apache-2.0

/// Capabilities by their bits (linux/capability.h); the named ones are those that Postern has to do with.
package struct CapabilitySet: OptionSet, Hashable, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  package static let kill = CapabilitySet(rawValue: 1 << 5)
  package static let setgid = CapabilitySet(rawValue: 1 << 6)
  package static let setuid = CapabilitySet(rawValue: 1 << 7)
  package static let setpcap = CapabilitySet(rawValue: 1 << 8)
  package static let netBindService = CapabilitySet(rawValue: 1 << 10)
  package static let netAdmin = CapabilitySet(rawValue: 1 << 12)
  package static let netRaw = CapabilitySet(rawValue: 1 << 13)
  package static let ipcLock = CapabilitySet(rawValue: 1 << 14)

  func contains(number: CInt) -> Bool { rawValue & (1 << UInt64(number)) != 0 }
}
