// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Text forms read back as themselves: what parses prints as one canonical text, which parses to the same value.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let text = String(decoding: bytes, as: UTF8.self)
  readsBack(text, IPAddress.init)
  readsBack(text, AddressPrefix.init)
  readsBack(text, Service.init)
  if let decoded = Base64.decode(text) { precondition(Base64.encode(decoded) == text) }
  if let decoded = Hex.decode(text) { precondition(Hex.encode(decoded) == text.lowercased()) }
  if let decoded = Base32.decode(bytes) { precondition(Base32.encode(decoded) == text) }
  if let decoded = PercentCoding.decode(bytes) {
    precondition(PercentCoding.decode(Array(PercentCoding.encode(decoded).utf8)) == decoded)
  }
  precondition(Base64.decode(Base64.encode(bytes)) == bytes)
  precondition(Base32.decode(Array(Base32.encode(bytes).utf8)) == bytes)
  precondition(Hex.decode(Hex.encode(bytes)) == bytes)
  return 0
}

private func readsBack<Value: Equatable & CustomStringConvertible>(_ text: String, _ parse: (String) -> Value?) {
  guard let value = parse(text) else { return }
  precondition(parse(value.description) == value)
}
