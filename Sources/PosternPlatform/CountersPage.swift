// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// Counters that one process raises and another one reads at any time, without a message between them.
///
/// This is the writer's side; the page is made by its ``CountersReader``.
package struct CountersPage: ~Copyable {
  private let mapping: MemoryMapping
  package let count: Int

  /// Takes over the page's descriptor; EINVAL unless it holds exactly `count` counters.
  package init(adopting file: consuming OwnedDescriptor, count: Int) throws(PlatformError) {
    guard try MemoryMapping.size(of: file) == count * MemoryLayout<UInt64>.stride else {
      throw PlatformError("adopt counters page", EINVAL)
    }
    mapping = try MemoryMapping(file, byteCount: count * MemoryLayout<UInt64>.stride, isWritable: true)
    self.count = count
  }

  /// Raises one counter; an index outside the page is ignored.
  package func increment(_ index: Int, by amount: UInt64 = 1) {
    guard index >= 0, index < count else { return }
    unsafe postern_counter_add(mapping.address.assumingMemoryBound(to: UInt64.self) + index, amount)
  }
}

/// The reading side of a ``CountersPage``, and its maker. What it reads is only as true as the writer.
package struct CountersReader: ~Copyable {
  /// For the writer; its size is sealed, so that a hostile writer cannot cut the page off under the reader.
  package let descriptor: OwnedDescriptor
  private let mapping: MemoryMapping
  package let count: Int

  /// A page of `count` counters, all zero.
  package init(count: Int) throws(PlatformError) {
    let size = count * MemoryLayout<UInt64>.stride
    let file = try OwnedDescriptor("create counters page") { unsafe postern_memory_file("postern counters") }
    let number = file.number
    try SystemCall.value("size counters page") { ftruncate(number, size) }
    try SystemCall.value("seal counters page") { postern_seal_size(number) }
    mapping = try MemoryMapping(file, byteCount: size, isWritable: false)
    descriptor = file
    self.count = count
  }

  /// Each counter as it stands; not all of one moment.
  package func snapshot() -> [UInt64] {
    (0..<count).map { index in
      unsafe postern_counter_load(mapping.address.assumingMemoryBound(to: UInt64.self) + index)
    }
  }
}
