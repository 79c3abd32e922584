// SPDX-License-Identifier: Apache-2.0

/// What one wake-up changes in the ring file. The runs are written in order, and all of them before any grant leaves.
package struct RingBatch: Hashable, Sendable {
  /// Bytes that lie together in the file: one `pwrite`.
  package struct Run: Hashable, Sendable {
    package let offset: Int
    package let bytes: [UInt8]

    package init(offset: Int, bytes: [UInt8]) {
      self.offset = offset
      self.bytes = bytes
    }
  }

  package let runs: [Run]
  /// The header among the runs.
  let header: RingHeader?
  /// The sequence before which everything is on disk afterwards.
  let head: UInt64

  package var isEmpty: Bool { runs.isEmpty }
}
