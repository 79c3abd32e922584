// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternTables
package import PosternWire

extension Configuration {
  /// A key of the `tumbler` protocol: one of its doors.
  package struct TumblerKey: Sendable {
    package let port: Port
    /// The file of the secret.
    package let secret: Located<String>
    /// Nil for the first version of the datagram.
    package let user: String?
    package let time: TimePattern
    package let separator: String
  }
}

extension Configuration.TumblerKey {
  private static var pattern: TextForm<TimePattern> {
    TextForm("a time like \"%Y-%m-%dT%H:%MZ\" of %Y %y %m %d %e %j %H %M %a %b %s and %%") { TimePattern($0) }
  }

  init?(_ section: inout Section) {
    let port = section.port("port") ?? Port(TumblerCredential.standardPort)
    let secret = section.requiredText("secret", .path)
    let user = section.text("user", .plain(TumblerCredential.userLengths))?.value
    let time = section.text("time", Self.pattern)?.value ?? .standard
    let separator = section.text("separator", .plain(TumblerCredential.separatorLengths))?.value
    guard let port, let secret else { return nil }
    self.init(
      port: port, secret: secret, user: user, time: time, separator: separator ?? TumblerCredential.standardSeparator)
  }

  /// The work that a stranger's datagram makes grows with the keys.
  static func complainAboutNumber(_ users: [Configuration.User], _ section: Section) {
    let count = users.reduce(0) { $0 + $1.keys.count { $0.form.knockProtocol == .tumbler } }
    guard count > TumblerCredential.most else { return }
    section.complain("there are \(count) keys of the tumbler protocol, at most \(TumblerCredential.most) are possible")
  }
}

extension Compiler {
  func tumbler(_ key: Configuration.TumblerKey) -> TumblerCredential {
    TumblerCredential(
      port: key.port, secret: secretText(key.secret, TumblerCredential.secretLengths), user: key.user, time: key.time,
      separator: key.separator)
  }
}

extension TextForm<String> {
  /// Bytes without control characters, whose number is in `lengths`.
  static func plain(_ lengths: ClosedRange<Int>) -> TextForm {
    TextForm("\(lengths.lowerBound) to \(lengths.upperBound) bytes without control characters") {
      lengths.contains($0.utf8.count) && $0.isPlain ? $0 : nil
    }
  }
}
