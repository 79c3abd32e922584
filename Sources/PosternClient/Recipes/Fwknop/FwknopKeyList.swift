// SPDX-License-Identifier: Apache-2.0
internal import PosternPlatform

extension Secret {
  /// The secret of a host in a file with lines `host: secret`, as the fwknop client's `--get-key` reads it.
  init(of host: String, inList path: String) throws(ClientError) {
    var list = try PrivateFile.read(path, limit: FwknopRC.maximumBytes)
    defer { list.wipe() }
    for line in list.split(separator: UInt8(ascii: "\n")) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line[..<colon].elementsEqual(host.utf8) else { continue }
      let secret = line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      let end = secret.last == UInt8(ascii: "\r") ? secret.dropLast() : secret
      guard !end.isEmpty else { break }
      self.init(Array(end))
      return
    }
    throw .badFile(path: path, reason: "has no line for \(host)")
  }
}
