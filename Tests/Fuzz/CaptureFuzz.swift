// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternWire

/// Any bytes as one datagram of the log subsystem, walked twice so that sequence numbers repeat: nothing may trap, and what is lent
/// lies inside the datagram.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var ledger = CaptureLedger()
  Array(UnsafeBufferPointer(start: start, count: count)).withBytes { datagram in
    var lent = 0
    for _ in 0..<2 {
      ledger.walk(datagram) { packet in
        lent += packet.prefix.byteCount + packet.payload.byteCount + packet.hardwareAddress.byteCount
        if let view = try? PacketView(packet.payload) { precondition(view.payload.byteCount < packet.payload.byteCount) }
      }
    }
    precondition(lent <= 2 * datagram.byteCount)
  }
  return 0
}
