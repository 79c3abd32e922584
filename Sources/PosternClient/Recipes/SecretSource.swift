// SPDX-License-Identifier: Apache-2.0

/// Where a recipe's secret is.
package enum SecretSource: Hashable, Sendable {
  /// In the profile itself, which must be its owner's alone: `exposure` says why it is not.
  case inline(Secret, exposure: ClientError?)
  case file(String, SecretForm)

  package func read() throws(ClientError) -> Secret {
    switch self {
    case .inline(let secret, let exposure):
      if let exposure { throw exposure }
      return secret
    case .file(let path, let form): return try Secret(file: path, form)
    }
  }
}

extension ProfilePaths {
  fileprivate func source(_ text: String, _ form: SecretForm) -> SecretSource? {
    guard case .file(let path) = file(text) else { return nil }
    return .file(path, form)
  }
}

extension ProfileText {
  /// A secret in the file, or `file:PATH`; nil where the key is absent. An option only names a file, from the working directory on: what
  /// the command line says, every user of this host may read.
  func secret<Key: RawRepresentable<String>>(_ key: Key, _ form: SecretForm) throws(ProfileProblem) -> SecretSource? {
    let inline = { (text: String, exposure: ClientError?) in
      form.secret(Array(text.utf8)).map { SecretSource.inline($0, exposure: exposure) }
    }
    guard let place = place(of: key) else { return try optional(key, "file:PATH") { ProfilePaths(besides: "").source($0, form) } }
    // A file of another system knows no paths here, and is looked at when it is read.
    guard place == file else { return try optional(key, form.content) { inline($0, nil) } }
    return try optional(key, "file:PATH, or \(form.content)") { text in
      ProfilePaths(besides: file).source(text, form) ?? inline(text, exposure)
    }
  }

  /// `file:PATH`, from the profile's directory on, or for an option from the working directory on.
  func requiredPath<Key: RawRepresentable<String>>(_ key: Key, _ expected: String) throws(ProfileProblem) -> String {
    let paths = ProfilePaths(besides: place(of: key) ?? "")
    return try required(key, expected) { text in
      guard case .file(let path) = paths.file(text) else { return nil }
      return path
    }
  }

  func requiredSecret<Key: RawRepresentable<String>>(_ key: Key, _ form: SecretForm) throws(ProfileProblem) -> SecretSource {
    guard let secret = try secret(key, form) else { throw missing(key, "file:PATH, or \(form.content)") }
    return secret
  }
}
