// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire

/// Any bytes: tables that encode to the same bytes, or a refusal.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzzTables(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  if let tables = try? bytes.withBytes({ try GateTables(decoding: $0) }) {
    precondition(tables.encoded() == bytes)
    precondition(tables.keys.allSatisfy { tables.users.indices.contains($0.user) })
    precondition(
      tables.users.allSatisfy { ($0.doors + [$0.defaultDoor].compactMap { $0 }).allSatisfy(tables.doors.indices.contains) })
  }
  if let tables = try? bytes.withBytes({ try KeeperTables(decoding: $0) }) {
    precondition(tables.encoded() == bytes)
    precondition(tables.keys.allSatisfy { tables.users.indices.contains($0.user) })
    precondition(tables.users.allSatisfy { $0.doors.allSatisfy(tables.doors.indices.contains) })
  }
  return 0
}
