// SPDX-License-Identifier: Apache-2.0

/// Strings as C wants argument vectors: one block of bytes and a list of pointers into it that ends with NULL.
struct CStringArray {
  private var bytes: [CChar] = []
  private var starts: [Int] = []

  init(_ strings: [String]) {
    for string in strings {
      starts.append(bytes.count)
      bytes += string.utf8CString
    }
  }

  mutating func withPointers<Result>(_ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result) -> Result? {
    let starts = self.starts
    return unsafe bytes.withUnsafeMutableBufferPointer { block -> Result? in
      var pointers = unsafe starts.map { start in unsafe block.baseAddress.map { unsafe $0 + start } }
      unsafe pointers.append(nil)
      return unsafe pointers.withUnsafeBufferPointer { list in unsafe list.baseAddress.map { unsafe body($0) } }
    }
  }
}
