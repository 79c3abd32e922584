// SPDX-License-Identifier: Apache-2.0
import PosternControl

/// Lines on the control socket: whatever is a request renders to the same line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  guard let request = ControlRequest(line: text) else { return 0 }
  precondition(request.line == text + "\n")
  return 0
}
