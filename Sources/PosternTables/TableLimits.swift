// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// The most that compiled tables may hold: the configuration refuses more, and so do the decoders.
package enum TableLimits {
  /// Of either table, encoded; far above what the counts below need in practice, far below what memory allows.
  package static let encodedBytes = 64 << 20
  /// The current key and the next.
  package static let gatewayKeys = 2
  /// The current admission secret and the next.
  package static let admissions = 2
  package static let doors = 1024
  package static let users = 65_536
  package static let keys = 65_536
  package static let sourcesPerUser = 256
  package static let servicesPerDoor = 64
  package static let destinationsPerDoor = 64
  /// All elements of one lease, in both families.
  package static let elementsPerLease = 64
  /// Leading bits of a source that a mask may leave. Less is half the internet; and networks of at least
  /// this length are never larger than the forbidden ones that the address rule knows by their first address.
  package static let prefixes4: ClosedRange<UInt8> = 8...32
  package static let prefixes6: ClosedRange<UInt8> = 16...128
  package static let actions = 256
  package static let aliasesPerAction = 64
  /// As much text as the oldest foreign client's command messages can carry.
  package static let aliasBytes = 255
  /// Different hours of the week; most users share theirs.
  package static let calendars = 4096
  /// Of operating systems in the configuration, besides those that are known.
  package static let signatures = 256
  package static let groups = 16
  package static let queues = 4
  /// Each takes a core of its own to be worth it, and each reads at least one group.
  package static let gates = 4
  /// Milliseconds: a client's kernel repeats its first packet after a second, and gives the attempt up soon after the second.
  package static let longestHold: UInt16 = 2000
  /// Four a door, one an action, one a limit, some of users and one for the clock, with room.
  package static let notices = 4 * doors + actions + 256
  package static let noticeBytes = 512
  /// PATH_MAX of linux/limits.h without the final NUL.
  package static let pathBytes = 4095
  /// `sun_path` of unix(7) without the final NUL.
  package static let socketPathBytes = 107
  /// NFT_NAME_MAXLEN of linux/netfilter/nf_tables.h without the final NUL.
  package static let nftNameBytes = 255
  /// Seconds: a day.
  package static let longestLease: UInt32 = 86_400
  /// Below this the state file would not be worth its header.
  package static let leastRingSlots: UInt32 = 4096
  /// Of a ring whose knocks are remembered for ever: what Doorman's own archive holds, and some more.
  package static let everlastingRingSlots: UInt32 = 1 << 17
  /// 64 bytes each in the state file, and as much again in the memory of the gate.
  package static let ringSlots: UInt32 = 1 << 20
  /// Of one action: arguments, variables, supplementary groups.
  package static let actionWords = 64
  package static let actionVariables = 64
  package static let actionInputLines = 64
  package static let actionGroups = 64
  package static let actionTextBytes = 1024
  /// Seconds.
  package static let actionTimeouts: ClosedRange<UInt32> = 1...longestLease
  package static let actionsAtOnce: ClosedRange<UInt32> = 1...64
  /// Of one door on one occasion.
  package static let actionsPerEvent = 8
  /// Of one kind, of one source: each is remembered.
  package static let evidenceCounts: ClosedRange<UInt32> = 1...64
  package static let evidenceWindows = Timestamp.Span.seconds(1)...Timestamp.Span.seconds(3600)
  package static let bansPerMinute: ClosedRange<UInt32> = 1...6000
  /// Seconds: thirty days.
  package static let longestBan: UInt32 = 30 * 86_400
  package static let neverBanned = 256
}
