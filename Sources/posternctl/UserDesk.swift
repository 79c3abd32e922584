// SPDX-License-Identifier: Apache-2.0
internal import Glibc
package import PosternConfig
package import PosternKnock
internal import PosternPlatform
internal import PosternWire

/// The users that have a file of their own, for one command at a time to change. Users of other files are their owner's business.
package struct UserDesk: ~Copyable {
  private let lock: LockedDirectory
  package let files: ConfigFiles

  package init(configuration path: String) throws(UserError) {
    // First, so that a mistyped path makes no directory; and again when nobody else changes anything.
    _ = try Self.files(path)
    let lock = try Self.lock(ConfigFiles.userDirectory(besides: path))
    files = try Self.files(path)
    self.lock = lock
  }

  private static func files(_ path: String) throws(UserError) -> ConfigFiles {
    do throws(CompileError) { return try ConfigFiles(path: path) } catch { throw .compile(error) }
  }

  private static func lock(_ directory: String) throws(UserError) -> LockedDirectory {
    do throws(PlatformError) {
      return try LockedDirectory(directory)
    } catch {
      guard error.code != EWOULDBLOCK else { throw .refused("another command works on \(directory)") }
      throw .file(path: directory, error)
    }
  }

  /// The user's own file; refused where he has none.
  package func text(of user: Name) throws(UserError) -> UserText {
    guard let text = files.text(ofUser: user) else { throw try stranger(user) }
    return try Self.text(text)
  }

  /// The user's own file where he has one already; refused where he stands in another.
  package func textIfAny(of user: Name) throws(UserError) -> UserText? {
    if let text = files.text(ofUser: user) { return try Self.text(text) }
    if let place = try place(of: user) { throw Self.elsewhere(user, place) }
    return nil
  }

  package func file(of user: Name) -> String { files.userFile(user) }

  /// The file of a device's pre-shared key. No name has an @, so no two devices share one.
  package static func presharedKeyFile(_ user: Name, _ device: String) -> String { "\(user)@\(device).psk" }

  /// The file of the secret of a device's one-time codes.
  package static func codeFile(_ user: Name, _ device: String) -> String { "\(user)@\(device).totp" }

  /// What all files together come to with this text in the user's own, or without that file; a fault that was there before and keeps
  /// the whole from being read is no reason to refuse.
  package func check(_ text: String?, of user: Name) throws(UserError) {
    let changed = files.with(text.map { Array($0.utf8) }, ofUser: user)
    guard let failure = Self.failure(changed), Self.failure(files) == nil else { return }
    throw .compile(.configuration(failure))
  }

  /// Puts the text into the user's own file.
  package func write(_ text: UserText, of user: Name, isNew: Bool) throws(UserError) {
    let (path, content) = (file(of: user), Array(text.text.utf8))
    do throws(PlatformError) {
      if isNew { try WholeFile.create(path, content) } else { try WholeFile.replace(path, content) }
    } catch {
      throw .file(path: path, error)
    }
  }

  package func remove(_ path: String) throws(UserError) {
    do throws(PlatformError) {
      try WholeFile.remove(path)
    } catch {
      throw .file(path: path, error)
    }
  }

  private func stranger(_ user: Name) throws(UserError) -> UserError {
    guard let place = try place(of: user) else { return .refused("there is no user \(user)") }
    return Self.elsewhere(user, place)
  }

  private static func elsewhere(_ user: Name, _ place: ConfigPosition) -> UserError {
    .refused("\(user) stands at \(place): what is written there is yours to change")
  }

  private func place(of user: Name) throws(UserError) -> ConfigPosition? {
    do throws(ConfigFailure) {
      let configuration = try Configuration(merging: files.texts, unread: files.unread)
      return configuration.users.first { $0.name.value == user }?.name.position
    } catch {
      throw .compile(.configuration(error))
    }
  }

  private static func failure(_ files: ConfigFiles) -> ConfigFailure? {
    do throws(ConfigFailure) {
      _ = try Configuration(merging: files.texts, unread: files.unread)
      return nil
    } catch {
      return error
    }
  }

  private static func text(_ text: ConfigText) throws(UserError) -> UserText {
    do throws(ConfigError) {
      return try UserText(text.text, file: text.file)
    } catch {
      throw .compile(.configuration(ConfigFailure(errors: [error])))
    }
  }
}
