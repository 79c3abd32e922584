// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// A one-way stream of bytes between processes (pipe(7)); its reader never waits.
package struct OutputPipe: ~Copyable {
  package let output: OwnedDescriptor
  package let input: OwnedDescriptor

  package init() throws(PlatformError) {
    var ends: (CInt, CInt) = (-1, -1)
    try SystemCall.value("create pipe") {
      unsafe postern_pipe(&ends.0, &ends.1)
    }
    output = OwnedDescriptor(owning: ends.0)
    input = OwnedDescriptor(owning: ends.1)
  }

  /// Closes the writing end, once another process has its own.
  package consuming func keepOutput() -> OwnedDescriptor { output }

  /// The number of bytes read, zero at the end, nil when none are there now.
  package static func read(_ end: borrowing OwnedDescriptor, into buffer: inout [UInt8]) throws(PlatformError) -> Int? {
    let number = end.number
    return try SystemCall.valueUnlessBlocked("read pipe") { unsafe Glibc.read(number, &buffer, buffer.count) }
  }
}
