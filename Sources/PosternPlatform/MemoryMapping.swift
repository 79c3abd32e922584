// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// Pages of a file in this process's memory, given back when the owner ends.
@safe struct MemoryMapping: ~Copyable {
  let address: UnsafeMutableRawPointer
  let byteCount: Int

  init(_ file: borrowing OwnedDescriptor, byteCount: Int, isWritable: Bool) throws(PlatformError) {
    guard let address = unsafe postern_map_shared(file.number, byteCount, isWritable ? 1 : 0) else {
      throw PlatformError("map memory file", errno)
    }
    unsafe self.address = address
    self.byteCount = byteCount
  }

  deinit { _ = unsafe munmap(address, byteCount) }

  /// The size of an open file.
  static func size(of file: borrowing OwnedDescriptor) throws(PlatformError) -> Int {
    var status = stat()
    let number = file.number
    try SystemCall.value("ask for size") { unsafe fstat(number, &status) }
    return status.st_size
  }
}
