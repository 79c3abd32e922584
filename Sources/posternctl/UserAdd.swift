// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Glibc
internal import PosternConfig
internal import PosternKnock
internal import PosternPlatform
internal import PosternWire

struct UserAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a user, or a further device to one; the device's profile is printed, once.",
    discussion: """
      The profile goes to standard output and is kept nowhere: it holds the private key, unless --key gives a public one. Without \
      --door the user has to be there already. With --totp the otpauth:// URI for an authenticator program goes to standard error, once, \
      so that no file gets both factors.
      """)

  @OptionGroup var options: UserOptions

  @Option(help: "A door that the new user may open; the first is his default.", transform: ArgumentName.parse)
  var door: [Name] = []

  @Option(help: "The name of the device; `main` where it is left out.", transform: ArgumentName.parse)
  var device: Name?

  @Option(help: "The public key of a device that made its own, in base64: no private key is made then.", transform: key)
  var key: Bytes32?

  @Option(help: "The gateway's host name or address, as the device knows it.")
  var gateway: String

  @Option(help: "Until when the device's key counts, like 2027-01-01T00:00:00Z.", transform: time)
  var notAfter: Timestamp?

  @Option(help: "The new user's longest lease, like 30m.", transform: lease)
  var longest: UInt32?

  @Flag(help: "The device's knocks have to carry a code of an authenticator program, six digits that change every 30 seconds.")
  var totp = false

  func run() throws {
    try options.work { desk throws(UserError) in
      guard let name = device ?? Name("main") else { throw .usage("name the --device") }
      let device = try NewDevice(
        .init(
          user: options.name, device: name, doors: door, publicKey: key, gateway: gateway, longest: longest, notAfter: notAfter,
          asksForCode: totp))
      try device.add(at: desk) { profile, codes throws(PlatformError) in
        try BoundedFile.write(Array(profile.utf8), to: STDOUT_FILENO)
        if let codes { try BoundedFile.write(Array("posternctl: for the authenticator: \(codes)\n".utf8), to: STDERR_FILENO) }
      }
      Terminal.complain("posternctl: \(options.name)/\(name) stands in \(desk.file(of: options.name))")
    }
  }

  private static func key(_ text: String) throws -> Bytes32 {
    guard let key = Base64.decode(text).flatMap({ Bytes32($0) }) else { throw ValidationError("a key is 32 bytes in base64") }
    return key
  }

  private static func time(_ text: String) throws -> Timestamp {
    guard let time = Timestamp(rfc3339: text) else { throw ValidationError("a time is like 2027-01-01T00:00:00Z") }
    return time
  }

  private static func lease(_ text: String) throws -> UInt32 {
    guard let seconds = UserText.lease(text) else { throw ValidationError("a lease is like 30s, 5m, 1h or 1d, at most a day") }
    return seconds
  }
}
