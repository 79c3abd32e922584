// SPDX-License-Identifier: Apache-2.0
// libFuzzer entry, compiled together with the sources of PosternWire; see .ci for the call.

/// Any bytes: reading must neither trap nor hand out spans that do not lie inside the packet.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHeaders(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let packet = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
  readHeaders(unsafe packet.bytes)
  return 0
}

private func readHeaders(_ packet: RawSpan) {
  guard let view = try? PacketView(packet) else { return }
  let parts = view.networkOptions.byteCount + view.transportOptions.byteCount + view.payload.byteCount
  precondition(parts + 28 <= packet.byteCount, "the parts are larger than the packet")
}
