// SPDX-License-Identifier: Apache-2.0
package import PosternConfig
package import PosternKnock
internal import PosternPlatform

/// The files of a configuration as texts: the main file, then `conf.d/*.toml`, then `users.d/NAME.toml`, both beside it and each sorted
/// by name. Hidden files and other endings are passed over.
package struct ConfigFiles: Sendable {
  private static let ending = ".toml"
  private static let dropIns = "conf.d"
  private static let users = "users.d"

  package private(set) var texts: [ConfigText] = []
  /// What is wrong with files that gave no text.
  package private(set) var unread: [ConfigError] = []
  /// The directory of the main file as it was named, with its slash; empty for the working directory.
  package let directory: String
  /// The absolute directories behind the names.
  private var resolved: [String: String] = [:]
  private var room = ConfigLimits.bytes

  package init(path: String) throws(CompileError) {
    directory = Self.directory(of: path)
    do throws(PlatformError) {
      let text = try BoundedFile.read(BoundedFile.open(path), limit: ConfigLimits.fileBytes)
      texts.append(ConfigText(text, file: path))
      room -= text.count
      resolved[directory] = try BoundedFile.resolved(directory.isEmpty ? "." : directory)
    } catch {
      throw .noFile(path: path, reason: error.description)
    }
    for name in names(in: Self.dropIns, atMost: ConfigLimits.dropIns) { add(dropIn: name) }
    for name in names(in: Self.users, atMost: ConfigLimits.users) { add(user: name) }
  }

  /// `path` as it is when absolute, else below the directory of `file`, which is one of ours.
  package func absolute(_ path: String, besides file: String) -> String {
    path.hasPrefix("/") ? path : (resolved[Self.directory(of: file)] ?? "") + "/" + path
  }

  /// The file of a user, whether it is there or not.
  package func userFile(_ user: Name) -> String { "\(userDirectory)\(user)\(Self.ending)" }

  package var userDirectory: String { directory + Self.users + "/" }

  /// Where the users of a configuration have their files.
  package static func userDirectory(besides path: String) -> String { directory(of: path) + users + "/" }

  /// The text of the user's own file.
  package func text(ofUser user: Name) -> ConfigText? { texts.first { $0.part == .user(user) } }

  /// The files as they would be with this text in the user's own, or without that file.
  package func with(_ text: [UInt8]?, ofUser user: Name) -> ConfigFiles {
    var changed = self
    changed.texts.removeAll { $0.part == .user(user) }
    if let text { changed.texts.append(ConfigText(text, file: userFile(user), part: .user(user))) }
    return changed
  }

  private mutating func add(dropIn name: String) {
    let file = directory + Self.dropIns + "/" + name
    guard let text = read(file, limit: ConfigLimits.fileBytes) else { return }
    texts.append(ConfigText(text, file: file))
  }

  private mutating func add(user name: String) {
    let file = directory + Self.users + "/" + name
    guard let user = Name(name.dropLast(Self.ending.utf8.count)) else {
      return refuse(
        file, "the file's name is no user's: a-z, 0-9, '.', '_', '-', at most \(Name.maximumLength), then \(Self.ending)")
    }
    guard let text = read(file, limit: ConfigLimits.userBytes) else { return }
    texts.append(ConfigText(text, file: file, part: .user(user)))
  }

  private mutating func names(in subdirectory: String, atMost limit: Int) -> [String] {
    let place = directory + subdirectory
    do throws(PlatformError) {
      guard let all = try DirectoryListing.names(in: place, atMost: ConfigLimits.entries) else { return [] }
      resolved[place + "/"] = try BoundedFile.resolved(place)
      let names = all.filter { $0.hasSuffix(Self.ending) && !$0.hasPrefix(".") }.sorted()
      if names.count > limit { refuse(place, "holds \(names.count) files, at most \(limit) are possible") }
      return Array(names.prefix(limit))
    } catch {
      refuse(place, "cannot be listed: \(error)")
      return []
    }
  }

  private mutating func read(_ file: String, limit: Int) -> [UInt8]? {
    do throws(PlatformError) {
      let text = try BoundedFile.read(BoundedFile.open(file), limit: min(limit, room))
      room -= text.count
      return text
    } catch {
      refuse(file, "cannot be read: \(error)")
      return nil
    }
  }

  private mutating func refuse(_ file: String, _ message: String) {
    unread.append(ConfigError(message, at: ConfigPosition(file: file, line: 1, column: 1)))
  }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }
}

/// How much configuration is read: what is beyond it is a mistake or an attack, not a gateway.
enum ConfigLimits {
  /// The TOML parser's own limit.
  static let fileBytes = 1 << 20
  /// A user with hundreds of keys.
  static let userBytes = 64 << 10
  /// Of all files together.
  static let bytes = 64 << 20
  static let dropIns = 1024
  static let users = 65_536
  /// Names in a directory, whatever they end with: two files a user and some more.
  static let entries = 4 * users
}
