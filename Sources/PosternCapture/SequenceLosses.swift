// SPDX-License-Identifier: Apache-2.0

/// Finds lost packets by gaps in each group's numbers (NFULA_SEQ), which wrap after 2^32.
struct SequenceLosses: Sendable {
  /// A gateway binds a handful; packets of more groups are not tracked.
  static let maximumGroups = 64

  private var last: [(group: UInt16, sequence: UInt32)] = []

  /// How many packets of the group are missing before this one. A step back is a group that was bound anew: it starts afresh.
  mutating func missing(before sequence: UInt32, in group: UInt16) -> UInt64 {
    guard let index = last.firstIndex(where: { $0.group == group }) else {
      if last.count < Self.maximumGroups { last.append((group, sequence)) }
      return 0
    }
    let gap = sequence &- last[index].sequence &- 1
    last[index].sequence = sequence
    return gap > UInt32.max / 2 ? 0 : UInt64(gap)
  }
}
