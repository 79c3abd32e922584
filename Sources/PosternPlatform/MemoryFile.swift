// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// Bytes in a file without a name, sealed: whoever holds the descriptor reads the same bytes for ever (memfd_create(2)).
package struct MemoryFile: ~Copyable {
  package let descriptor: OwnedDescriptor
  private let mapping: MemoryMapping

  /// Writes and seals. The name shows in /proc only. Empty content is refused (EINVAL): there would be nothing to map.
  package init(named name: String, holding bytes: [UInt8]) throws(PlatformError) {
    let file = try OwnedDescriptor("create memory file") { unsafe postern_memory_file(name) }
    let number = file.number
    var written = 0
    while written < bytes.count {
      written += try SystemCall.value("write memory file") {
        unsafe bytes.withUnsafeBytes { raw in
          unsafe write(number, raw.baseAddress.map { unsafe $0 + written }, raw.count - written)
        }
      }
    }
    try SystemCall.value("seal memory file") { postern_seal(number) }
    try self.init(adopting: file, limit: bytes.count)
  }

  /// As `init(named:holding:)`, for a process that reads it from its beginning, as its standard input.
  package static func input(_ bytes: [UInt8]) throws(PlatformError) -> MemoryFile {
    let file = try MemoryFile(named: "postern input", holding: bytes)
    let number = file.descriptor.number
    try SystemCall.value("rewind memory file") { lseek(number, 0, SEEK_SET) }
    return file
  }

  /// Takes over a file that another process made; EPERM unless content and size are sealed, EFBIG above `limit` bytes.
  package init(adopting file: consuming OwnedDescriptor, limit: Int) throws(PlatformError) {
    let number = file.number
    let isSealed = try SystemCall.value("ask for seals") { postern_is_sealed(number) }
    guard isSealed == 1 else { throw PlatformError("adopt memory file", EPERM) }
    let size = try MemoryMapping.size(of: file)
    guard size <= limit else { throw PlatformError("adopt memory file", EFBIG) }
    mapping = try MemoryMapping(file, byteCount: size, isWritable: false)
    descriptor = file
  }

  /// An empty file for another process to write; ``seal(_:)`` it before anybody reads.
  package static func blank(named name: String) throws(PlatformError) -> OwnedDescriptor {
    try OwnedDescriptor("create memory file") { unsafe postern_memory_file(name) }
  }

  /// Fixes content and size for ever.
  package static func seal(_ file: borrowing OwnedDescriptor) throws(PlatformError) {
    let number = file.number
    try SystemCall.value("seal memory file") { postern_seal(number) }
  }

  package var byteCount: Int { mapping.byteCount }

  /// Lends the content.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe UnsafeRawBufferPointer(start: mapping.address, count: mapping.byteCount).bytes)
  }
}
