// SPDX-License-Identifier: Apache-2.0
internal import PosternClient
internal import PosternConfig
internal import PosternCrypto
internal import PosternKnock
internal import PosternPlatform
internal import PosternProtocols
internal import PosternTables
internal import PosternWire

/// A device that a user gets: its keys are made here, and its profile is all that it needs to knock.
struct NewDevice: Sendable {
  /// What the operator wants.
  struct Wish: Sendable {
    var user: Name
    var device: Name
    /// Empty for a user who is there already.
    var doors: [Name]
    /// The public key of a device that has made its own; nil has one made.
    var publicKey: Bytes32?
    var gateway: String
    var longest: UInt32?
    var notAfter: Timestamp?
    /// Whether knocks have to carry one-time codes.
    var asksForCode: Bool

    init(
      user: Name, device: Name, doors: [Name], publicKey: Bytes32?, gateway: String, longest: UInt32?, notAfter: Timestamp?,
      asksForCode: Bool
    ) {
      self.user = user
      self.device = device
      self.doors = doors
      self.publicKey = publicKey
      self.gateway = gateway
      self.longest = longest
      self.notAfter = notAfter
      self.asksForCode = asksForCode
    }
  }

  private let wish: Wish
  private let privateKey: Bytes32?
  private let publicKey: Bytes32
  private let presharedKey: Bytes32
  private let codeSecret: Bytes32?

  init(_ wish: Wish) throws(UserError) {
    self.wish = wish
    do throws(CryptoError) {
      presharedKey = try Randomness.bytes32()
      codeSecret = wish.asksForCode ? try Randomness.bytes32() : nil
      if let given = wish.publicKey {
        privateKey = nil
        publicKey = given
      } else {
        let made = try Randomness.bytes32()
        privateKey = made
        publicKey = try X25519PrivateKey(made).publicKey
      }
    } catch {
      throw .cryptography("\(error)")
    }
  }

  /// Adds the device to its user, who is made where he is missing, and hands the profile to `show`, with the URI of its one-time codes.
  /// Where anything fails, `show` included, the files are again what they were.
  func add(
    at desk: borrowing UserDesk, show: (_ profile: String, _ codes: String?) throws(PlatformError) -> Void
  ) throws(UserError) {
    let before = try desk.textIfAny(of: wish.user)
    let text = try text(after: before, file: desk.file(of: wish.user))
    let made = try makeSecrets(in: desk.files.userDirectory)
    var written = false
    do throws(UserError) {
      let profile = try profile(desk.files.with(Array(text.text.utf8), ofUser: wish.user))
      try desk.write(text, of: wish.user, isNew: before == nil)
      written = true
      do throws(PlatformError) { try show(profile, codes?.text) } catch { throw UserError.file(path: "standard output", error) }
    } catch {
      if written { undo(before, at: desk) }
      for path in made { try? desk.remove(path) }
      throw error
    }
  }

  private var pskFile: String { UserDesk.presharedKeyFile(wish.user, wish.device.description) }
  private var codeFile: String { UserDesk.codeFile(wish.user, wish.device.description) }

  private var codes: CodeURI? {
    // No colon may stand within an issuer.
    let host = String(wish.gateway.prefix { $0 != "," })
    return codeSecret.map {
      CodeURI(issuer: host.contains(":") ? "Postern" : host, account: "\(wish.user)/\(wish.device)", secret: $0.array)
    }
  }

  private func text(after before: UserText?, file: String) throws(UserError) -> UserText {
    if before == nil, wish.doors.isEmpty { throw .usage("\(wish.user) is a new user: name a --door") }
    if before != nil, !wish.doors.isEmpty || wish.longest != nil {
      throw .usage("\(wish.user) is there already, this adds a device: what he may do stands in \(file)")
    }
    if before?.has(device: wish.device) == true {
      throw .refused("\(wish.user) has a device \(wish.device) already: name another --device")
    }
    var text = before ?? UserText(doors: wish.doors, longest: wish.longest, file: file)
    text.add(
      .init(
        name: wish.device, publicKey: publicKey, presharedKey: pskFile, totp: codeSecret.map { _ in codeFile },
        notAfter: wish.notAfter))
    return text
  }

  /// The files that it made; none are left where one cannot be made.
  private func makeSecrets(in directory: String) throws(UserError) -> [String] {
    let secrets = [(directory + pskFile, presharedKey)] + (codeSecret.map { [(directory + codeFile, $0)] } ?? [])
    for (index, (path, secret)) in secrets.enumerated() {
      do throws(SecretFileError) {
        try SecretFile.create(path, secret)
      } catch {
        for (path, _) in secrets[..<index] { _ = try? WholeFile.remove(path) }
        throw .secret(path: path, error)
      }
    }
    return secrets.map(\.0)
  }

  /// Compiles everything as the daemon will, and takes the gateway's side of the profile from it.
  private func profile(_ files: ConfigFiles) throws(UserError) -> String {
    var tables: CompiledConfiguration
    do throws(CompileError) { tables = try CompiledConfiguration(files) } catch { throw .compile(error) }
    defer { tables.erase() }
    let admission = tables.gate.admissions.map { ($0.secret, $0.validity) }
    let text = NewProfile(
      gateway: wish.gateway, gatewayKey: try Self.publicKey(of: tables.gate), admission: Self.lasting(admission) ?? .zero,
      privateKey: privateKey.map { .inline($0) } ?? .file("\(wish.device).key"), presharedKey: presharedKey,
      door: wish.doors.first, asksForCode: wish.asksForCode
    ).text
    do throws(ProfileProblem) {
      _ = try Profile(text: text, file: "profile")
    } catch {
      throw .usage("--gateway \(wish.gateway): \(error.message)")
    }
    return "# \(wish.user)/\(wish.device) at \(wish.gateway): for a file that only its owner may read (mode 0600)\n" + text
  }

  private static func publicKey(of tables: GateTables) throws(UserError) -> Bytes32 {
    let key = lasting(tables.gatewayKeys.map { ($0.privateKey, $0.validity) }) ?? .zero
    do throws(CryptoError) {
      return try X25519PrivateKey(key).publicKey
    } catch {
      throw .cryptography("\(error)")
    }
  }

  /// The one that counts longest: what a new profile should be made with.
  private static func lasting(_ secrets: [(Bytes32, Validity)]) -> Bytes32? {
    let end = { (validity: Validity) in validity.notAfter?.nanoseconds ?? .max }
    return secrets.max { end($0.1) < end($1.1) }?.0
  }

  private func undo(_ before: UserText?, at desk: borrowing UserDesk) {
    guard let before else {
      try? desk.remove(desk.file(of: wish.user))
      return
    }
    try? desk.write(before, of: wish.user, isNew: false)
  }
}
