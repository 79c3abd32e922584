// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternGate
import PosternWire

/// Any bytes as one datagram of the queue subsystem: nothing may trap, and what is lent lies inside the datagram.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var ledger = QueueLedger()
  unsafe Array(UnsafeBufferPointer(start: start, count: count)).withBytes { datagram in
    var lent = 0
    ledger.walk(datagram) { packet in
      lent += packet.headers.byteCount
      _ = IPAddress(sourceOf: packet.headers)
      _ = Touch(packet.headers)
    }
    precondition(lent <= datagram.byteCount)
  }
  return 0
}
