// SPDX-License-Identifier: Apache-2.0
import CPosternShims

/// What becomes of memory that a process has no use for any more.
package enum MemoryReturn {
  /// Bytes. A ring file is read whole at the start, and never again.
  private static let large: Int32 = 256 * 1024

  /// Gives large blocks back to the kernel as soon as they are free. By itself malloc(3) raises what it calls large with each such block
  /// that is freed, up to 32 MiB, and keeps what is below.
  package static func returnLargeBlocks() { _ = postern_return_blocks_from(large) }

  /// Gives back what only the start needed: memory that is free again, and code and constants. The kernel fetches those that are used
  /// once more from the page cache; most of a program is not.
  package static func forgetStart() { postern_forget_start() }
}
