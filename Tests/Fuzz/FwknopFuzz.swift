// SPDX-License-Identifier: Apache-2.0
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternTables
import PosternWire

/// A gate with two fwknop keys, one of them without a code, both known to the fuzzer, so that it gets behind codes, cipher and digest.
private final class FwknopFuzzTarget {
  static let now = Timestamp(seconds: 1_800_000_000)
  static let source = IPAddress.v4(IPv4Address(0xc000_0207))

  private var decoder: FwknopDecoder
  private var reader: FwknopReader
  private let encoder: FwknopEncoder
  private var serial: UInt64 = 0

  init() throws(CryptoError) {
    let keys = [
      Registered(KeyIndex(0), Self.credential(code: Array("code".utf8))), Registered(KeyIndex(1), Self.credential(code: [])),
    ]
    let decoder = try FwknopDecoder(keys, now: Self.now, codesPerSecond: .max / 4)
    let reader = try FwknopReader(keys, now: Self.now)
    guard let secrets = FwknopSecrets(passphrase: Array("key".utf8), mode: .cbc, code: .init(.sha256, key: Array("code".utf8)))
    else {
      throw .wrongLength
    }
    let encoder = try FwknopEncoder(secrets)
    self.decoder = decoder
    self.reader = reader
    self.encoder = encoder
  }

  private static func credential(code: [UInt8]) -> FwknopCredential {
    FwknopCredential(
      mode: .cbc, passphrase: Array("key".utf8), codeHash: .sha256, codeKey: code, user: "", sources: [], requiresAddress: false,
      allowsAnyAgent: false)
  }

  /// The first byte chooses how deep the rest goes in.
  func run(_ input: [UInt8]) throws(CryptoError) {
    guard let depth = input.first else { return }
    let rest = Array(input.dropFirst())
    switch depth % 4 {
    case 0: _ = rest.withBytes { decoder.decode($0, from: Self.source, at: Self.now) }
    case 1: runPacket(rest)
    case 2: try runSealed(rest)
    default: try runSealed(digested(rest))
    }
  }

  /// Data of a TCP segment, where requests are looked for.
  private func runPacket(_ data: [UInt8]) {
    guard let builder = PacketBuilder(from: Self.source, to: .v4(IPv4Address(0xcb00_7101))) else { return }
    let packet = builder.tcp(from: 9, to: 80, flags: [.psh, .ack], payload: Array(data.prefix(2000)))
    packet.withBytes { bytes in
      if let view = try? PacketView(bytes, .tcpMayLack) { _ = reader.read(view, at: Self.now) }
    }
  }

  /// A plain text that is read says the same when it is made again; any other is refused in its sender's name.
  private func runSealed(_ plainText: [UInt8]) throws(CryptoError) {
    serial += 1
    let salt = stride(from: UInt64(0), to: 64, by: 8).map { UInt8(truncatingIfNeeded: serial >> $0) }
    let text = try encoder.seal(plainText, salt: salt)
    switch text.withBytes({ decoder.decode($0, from: Self.source, at: Self.now) }) {
    case .decoded(let decoded):
      precondition(FwknopMessage(plainText: plainText) == decoded.message && decoded.key == KeyIndex(0))
      let again = decoded.message.plainText(random: 1, digest: .md5)
      precondition(FwknopMessage(plainText: again) == decoded.message)
    case .refusedKnown(let denial, let key):
      precondition(denial == .malformedPayload && key == KeyIndex(0) && FwknopMessage(plainText: plainText) == nil)
    case .refused(let denial): precondition(denial == .wrongLength || denial == .duplicate)
    }
  }

  private func digested(_ encoded: [UInt8]) -> [UInt8] {
    encoded + [UInt8(ascii: ":")] + UnpaddedBase64.encode(HashAlgorithm.sha256.hash(encoded))
  }
}

// libFuzzer calls from one thread alone.
nonisolated(unsafe) private let target = try? FwknopFuzzTarget()

/// The entry point of libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFwknop(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let target = unsafe target else { preconditionFailure("libcrypto is not usable") }
  try? target.run(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}
