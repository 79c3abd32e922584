// SPDX-License-Identifier: Apache-2.0

/// The systems from which a door may be opened, as far as a SYN shows them: it can be faked, so it only ever narrows.
package struct SystemDemand: Hashable, Sendable {
  package var systems: OperatingSystems
  /// Whether a knock passes that came in no SYN, or in one that no signature knows.
  package var allowsUnknown: Bool
  /// Whether such a knock waits for its client's first packet, which the kernel holds, and takes that one's word.
  package var awaitsFirstPacket: Bool

  package init(_ systems: OperatingSystems, allowsUnknown: Bool = false, awaitsFirstPacket: Bool = false) {
    self.systems = systems
    self.allowsUnknown = allowsUnknown
    self.awaitsFirstPacket = awaitsFirstPacket
  }
}

/// One signature of one family.
package struct SystemSignature: Hashable, Sendable {
  package let system: OperatingSystem
  package let pattern: SynPattern

  package init(_ system: OperatingSystem, _ pattern: SynPattern) {
    self.system = system
    self.pattern = pattern
  }
}
