// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc
import PosternPlatform
import PosternWire
import Testing

@Suite struct MemoryFileTests {
  private let content = (0..<10000).map { UInt8(truncatingIfNeeded: $0) }

  @Test func contentIsLent() throws {
    let file = try MemoryFile(named: "tables", holding: content)
    #expect(file.withBytes { $0.copied() } == content)
    let adopted = try MemoryFile(adopting: file.descriptor.duplicated(), limit: content.count)
    #expect(adopted.withBytes { $0.copied() } == content && adopted.byteCount == content.count)
  }

  @Test func nothingChangesASealedFile() throws {
    let file = try MemoryFile(named: "tables", holding: content)
    let number = file.descriptor.number
    #expect(unsafe pwrite(number, "x", 1, 0) == -1 && errno == EPERM)
    #expect(ftruncate(number, 1) == -1 && errno == EPERM)
    #expect(ftruncate(number, 1 << 20) == -1 && errno == EPERM)
    #expect(unsafe postern_map_shared(number, 4096, 1) == nil && errno == EPERM)
    #expect(postern_seal_size(number) == -1 && errno == EPERM)
  }

  @Test func unsealedLongAndEmptyFilesAreRefused() throws {
    let unsealed = OwnedDescriptor(owning: unsafe postern_memory_file("unsealed"))
    _ = ftruncate(unsealed.number, 10)
    #expect(throws: PlatformError("adopt memory file", EPERM)) {
      try MemoryFile(adopting: unsealed.duplicated(), limit: 10).byteCount
    }
    // size alone is not enough
    #expect(postern_seal_size(unsealed.number) == 0)
    #expect(throws: PlatformError("adopt memory file", EPERM)) {
      try MemoryFile(adopting: unsealed.duplicated(), limit: 10).byteCount
    }
    let file = try MemoryFile(named: "tables", holding: content)
    #expect(throws: PlatformError("adopt memory file", EFBIG)) {
      try MemoryFile(adopting: file.descriptor.duplicated(), limit: content.count - 1).byteCount
    }
    #expect(throws: PlatformError("map memory file", EINVAL)) { try MemoryFile(named: "empty", holding: []).byteCount }
    let pair = try SeqpacketPair()
    #expect(throws: PlatformError("ask for seals", EINVAL)) {
      try MemoryFile(adopting: pair.near.descriptor.duplicated(), limit: 1).byteCount
    }
  }

  @Test func countersAreSharedAndCannotBeCutOff() throws {
    let reader = try CountersReader(count: 5)
    let page = try CountersPage(adopting: reader.descriptor.duplicated(), count: 5)
    page.increment(0)
    page.increment(4, by: 7)
    page.increment(4)
    page.increment(5)
    page.increment(-1)
    #expect(reader.snapshot() == [1, 0, 0, 0, 8])
    #expect(ftruncate(reader.descriptor.number, 0) == -1 && errno == EPERM)
    #expect(throws: PlatformError("adopt counters page", EINVAL)) {
      try CountersPage(adopting: reader.descriptor.duplicated(), count: 6).count
    }
  }
}
