// SPDX-License-Identifier: Apache-2.0
import PosternWire

extension KeyLimits {
  init(_ reader: inout WireReader) throws(WireError) {
    self.init(
      uses: try reader.optional { (reader) throws(WireError) in try reader.u32() },
      secondFactor: try reader.optional { (reader) throws(WireError) in try SecondFactor(&reader) },
      remembers: try reader.boolean(), renewal: try reader.u32())
  }

  func put(to writer: inout WireWriter) {
    writer.optional(uses) { $0.u32($1) }
    writer.optional(secondFactor) { $1.put(to: &$0) }
    writer.boolean(remembers)
    writer.u32(renewal)
  }
}

extension SecondFactor {
  private enum Tag: UInt8 {
    case totp = 1
    case hotp = 2
    case chain = 3
  }

  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    guard let tag = Tag(rawValue: try reader.u8()) else { throw .malformed }
    switch tag {
    case .totp: self = .totp(try CodeSecret(&reader))
    case .hotp: self = .hotp(try CodeSecret(&reader), from: try reader.u64())
    case .chain: self = .chain(anchor: try reader.bytes32())
    }
  }

  fileprivate func put(to writer: inout WireWriter) {
    switch self {
    case .totp(let code):
      writer.u8(Tag.totp.rawValue)
      code.put(to: &writer)
    case .hotp(let code, let start):
      writer.u8(Tag.hotp.rawValue)
      code.put(to: &writer)
      writer.u64(start)
    case .chain(let anchor):
      writer.u8(Tag.chain.rawValue)
      writer.put(anchor)
    }
  }
}

extension CodeSecret {
  fileprivate init(_ reader: inout WireReader) throws(WireError) {
    let secret = try reader.bytes32()
    guard let hash = Hash(rawValue: try reader.u8()) else { throw .malformed }
    let digits = try reader.u8()
    guard Self.digits.contains(digits) else { throw .malformed }
    self.init(secret: secret, hash: hash, digits: digits)
  }

  fileprivate func put(to writer: inout WireWriter) {
    writer.put(secret)
    writer.u8(hash.rawValue)
    writer.u8(digits)
  }
}
