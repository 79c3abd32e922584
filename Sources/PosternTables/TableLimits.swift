// SPDX-License-Identifier: Apache-2.0

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
  package static let groups = 16
  package static let queues = 4
  /// Milliseconds: a client's kernel repeats its first packet after a second, and gives the attempt up soon after the second.
  package static let longestHold: UInt16 = 2000
  /// Three a door, one a limit, some of users and one for the clock, with room.
  package static let notices = 3 * doors + 64
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
  /// 64 bytes each in the state file, and as much again in the memory of the gate.
  package static let ringSlots: UInt32 = 1 << 20
}
