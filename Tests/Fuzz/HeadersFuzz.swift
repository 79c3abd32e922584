// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// Any bytes as a packet: reading must neither trap nor lend more than there is. A SYN's
/// signature is a pattern that it fits, unless it came too far.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  Array(UnsafeBufferPointer(start: start, count: count)).withBytes { packet in
    guard let view = try? PacketView(packet) else { return }
    let parts = view.networkOptions.byteCount + view.transportOptions.byteCount + view.payload.byteCount
    if let syn = SynSignature(view), syn.networkOptionBytes <= 255 {
      guard let pattern = SynPattern(syn.description) else { preconditionFailure("\(syn)") }
      precondition(SynPattern(pattern.description) == pattern)
      precondition(pattern.fits(syn) == (syn.initialHopLimit - syn.hopLimit <= SynPattern.mostHops))
    }
    precondition(parts + IPv4Header.minimumLength + UDPHeader.length <= packet.byteCount)
  }
  return 0
}
