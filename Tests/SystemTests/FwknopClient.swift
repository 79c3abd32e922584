// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Debian's `fwknop` on the client of a lab, with the secrets of one of the lab's keys.
struct FwknopClient {
  static let path = "/usr/bin/fwknop"
  static let isThere = FileManager.default.isExecutableFile(atPath: path)

  let lab: Lab
  var key = "passphrase of carol"
  var hmac: String? = "code of carol"
  var user = "carol"

  /// The lines of a key in the configuration, whose files ``writeSecrets(_:)`` makes.
  func section(_ name: String, _ more: String = "") -> String {
    """
    [users.\(user).keys.\(name)]
    protocol = "fwknop"
    key = "\(name).key"
    \(hmac == nil ? "hmac-none = \"legacy: packets without an HMAC\"" : "hmac = \"\(name).hmac\"")
    \(more)
    """
  }

  func writeSecrets(_ name: String) throws {
    try lab.writeSecret(name + ".key", key)
    if let hmac { try lab.writeSecret(name + ".hmac", hmac) }
  }

  /// Sends what the words ask for.
  func knock(_ words: [String]) throws {
    let result = try run(words)
    guard result.status == 0 else { throw Shell.Failure(description: "fwknop \(words): \(result.errors)\(result.output)") }
  }

  /// The text that the client would send, without an end of line; nothing is sent.
  func text(_ words: [String]) throws -> [UInt8] {
    let file = lab.directory + "/packet-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try knock(words + ["--test", "--save-packet", file])
    let text = try Data(contentsOf: URL(fileURLWithPath: file))
    return text.filter { $0 != UInt8(ascii: "\n") }
  }

  private func run(_ words: [String]) throws -> Shell.Result {
    var secrets = ["--key-rijndael", key]
    if let hmac { secrets += ["--key-hmac", hmac] }
    let fixed = ["env", "HOME=" + lab.directory, Self.path, "--no-rc-file", "--no-save-args", "-U", user, "-D", lab.gatewayV4]
    return try Shell.run(lab.at(lab.client, fixed + secrets + words))
  }
}

extension Lab {
  /// A file with a secret in the lab's directory.
  func writeSecret(_ name: String, _ text: String) throws {
    let path = directory + "/" + name
    guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
      throw Shell.Failure(description: "cannot write \(path)")
    }
  }
}
