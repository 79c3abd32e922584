// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternTables
import PosternWire

/// What keeper, runner and disk hand each other about actions: whatever decodes must encode to the same bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  if let request = try? bytes.withBytes({ bytes throws(WireError) in try RunnerRequest(decoding: bytes) }) {
    precondition(request.encoded == bytes)
  }
  if let report = try? bytes.withBytes({ bytes throws(WireError) in try RunnerReport(decoding: bytes) }) {
    precondition(report.encoded == bytes)
  }
  if let tables = try? bytes.withBytes({ bytes throws(WireError) in try RunnerTables(decoding: bytes) }) {
    precondition(tables.encoded() == bytes)
  }
  // Debts may stand in any order on the disk, and tickets too.
  if let memory = ActionRecords.decoded(bytes) {
    precondition(ActionRecords.decoded(ActionRecords.encoded(memory)) == memory)
  }
  return 0
}
