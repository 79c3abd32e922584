// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternWire

/// Keeper frames from a gate in a stranger's hands: whatever decodes must encode to the same bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let frame = try? bytes.withBytes({ bytes throws(WireError) in try KeeperFrame(decoding: bytes) }) else { return 0 }
  var writer = WireWriter()
  frame.encode(into: &writer)
  precondition(writer.bytes == bytes)
  return 0
}
