// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternClient
import PosternWire
import Testing

@Suite struct ProfileFileTests {
  private func failure(_ body: () throws(ClientError) -> Void) -> ClientError? {
    do throws(ClientError) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  @Test func missingProfile() {
    #expect(failure { () throws(ClientError) in _ = try Profile(path: "/nonexistent/p") } == .missingFile("/nonexistent/p"))
  }

  @Test(arguments: [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o660, false), (0o610, false)])
  func aProfileWithAnInlineSecretIsItsOwnersAlone(_ mode: Int, _ accepted: Bool) throws {
    let scratch = try Scratch()
    let path = try scratch.file("p", ProfileTests.minimal + "admission = \(ProfileTests.key)\n", mode: mode)
    let error = failure { () throws(ClientError) in _ = try Profile(path: path) }
    #expect((error == nil) == accepted)
    if !accepted { #expect(error?.exitCode == 77) }
  }

  @Test func aProfileWithoutSecretsMayBeRead() throws {
    let scratch = try Scratch()
    let path = try scratch.file("p", ProfileTests.minimal, mode: 0o644)
    #expect(throws: Never.self) { try Profile(path: path) }
  }

  static let keyFiles: [(name: String, text: String, mode: Int, exit: Int32?)] = [
    ("good", ProfileTests.key + "\n", 0o600, nil),
    ("without a line feed", ProfileTests.key, 0o600, nil),
    ("group", ProfileTests.key + "\n", 0o640, 77),
    ("others", ProfileTests.key + "\n", 0o604, 77),
    ("empty", "", 0o600, 78),
    ("short", "AAAA\n", 0o600, 78),
    ("two lines", ProfileTests.key + "\n\n", 0o600, 78),
    ("long", ProfileTests.key + "\n" + ProfileTests.key + "\n", 0o600, 78),
  ]

  @Test(arguments: keyFiles.indices)
  func keyFile(_ index: Int) throws {
    let row = Self.keyFiles[index]
    let scratch = try Scratch()
    _ = try scratch.file("me.key", row.text, mode: row.mode)
    let path = try scratch.file("p", ProfileTests.minimal)
    let error = failure { () throws(ClientError) in _ = try Profile(path: path).encoder() }
    // The gateway key of this profile is a point like any other.
    #expect(error?.exitCode == row.exit, "\(row.name): \(error?.description ?? "accepted")")
  }

  @Test func aMissingKeyFileAndADirectory() throws {
    let scratch = try Scratch()
    let path = try scratch.file("p", ProfileTests.minimal)
    #expect(failure { () throws(ClientError) in _ = try Profile(path: path).encoder() } == .missingFile("\(scratch.path)/me.key"))
    try FileManager.default.createDirectory(atPath: "\(scratch.path)/me.key", withIntermediateDirectories: false)
    #expect(failure { () throws(ClientError) in _ = try Profile(path: path).encoder() }?.exitCode == 78)
  }

  @Test func aNewKeyIsPrivateAndNeverReplaced() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/new.key"
    try KeyFile.create(path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let publicKey = try KeyFile.publicKey(of: path)
    #expect(Base64.decode(publicKey)?.count == 32)
    #expect(failure { () throws(ClientError) in try KeyFile.create(path) } == .fileExists(path))
    #expect(try KeyFile.publicKey(of: path) == publicKey)
  }

  /// RFC 7748 section 6.1, Alice.
  @Test func publicKeyOfAKnownPrivateKey() throws {
    let scratch = try Scratch()
    let secret = try #require(Hex.decode("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))
    let path = try scratch.file("alice", Base64.encode(secret) + "\n")
    let expected = try #require(Hex.decode("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"))
    #expect(try KeyFile.publicKey(of: path) == Base64.encode(expected))
  }
}
