// SPDX-License-Identifier: Apache-2.0
import PosternProtocols

/// The URI of a code's secret, which `postern` reads from a file: what is read is written as a text that reads the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard let uri = CodeURI(Array(UnsafeBufferPointer(start: start, count: count))) else { return 0 }
  precondition(CodeURI.secretBytes.contains(uri.secret.count) && uri.text.utf8.count <= 4 * CodeURI.maximumBytes)
  // A long name grows when it is written again, and may then be too long.
  guard uri.text.utf8.count <= CodeURI.maximumBytes else { return 0 }
  precondition(CodeURI(Array(uri.text.utf8))?.secret == uri.secret)
  precondition(CodeURI(Array(uri.text.utf8))?.text == uri.text)
  return 0
}
