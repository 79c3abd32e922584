// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Any bytes as a packet: reading must neither trap nor lend more than there is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  Array(UnsafeBufferPointer(start: start, count: count)).withBytes { packet in
    guard let view = try? PacketView(packet) else { return }
    let parts = view.networkOptions.byteCount + view.transportOptions.byteCount + view.payload.byteCount
    precondition(parts + IPv4Header.minimumLength + UDPHeader.length <= packet.byteCount)
  }
  return 0
}
