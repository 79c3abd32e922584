// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
import PosternWire

extension Configuration {
  /// A key of SAdoor: described packets, and how the command behind them is secured.
  package struct SadoorKey: Sendable {
    package let isLegacy: Bool
    package let secret: Located<String>
    package let script: PacketScript
    package let timeout: Timestamp.Span
    package let isGlobal: Bool
    package let takesEmptyCommand: Bool
    package let position: ConfigPosition
  }
}

extension Configuration.SadoorKey {
  private static let timeout = Timestamp.Span.seconds(30)
  private static var form: TextForm<Bool> { .oneOf([("sealed", false), ("legacy-blowfish", true)]) }
  private static var scope: TextForm<Bool> { .oneOf([("source", false), ("global", true)]) }

  init?(_ section: inout Section) {
    let isLegacy = section.text("form", Self.form)?.value ?? false
    let secret = section.requiredText("secret", .path)
    section.require("packets")
    let script = Self.script(&section)
    let limit = section.text("timeout", .span, in: SadoorCredential.timeouts) { DurationText.text($0) }
    let isGlobal = section.text("scope", Self.scope)?.value ?? false
    let takesEmptyCommand = section.boolean("empty-command")?.value ?? false
    guard let secret, let script else { return nil }
    self.init(
      isLegacy: isLegacy, secret: secret, script: script, timeout: limit?.value ?? Self.timeout, isGlobal: isGlobal,
      takesEmptyCommand: takesEmptyCommand, position: section.position)
  }

  /// The lines of the text count from the one in which it begins.
  private static func script(_ section: inout Section) -> PacketScript? {
    guard let text = section.text("packets", .anything) else { return nil }
    do throws(PacketTextFlaw) {
      return try PacketScript(parsing: text.value)
    } catch {
      section.complain("\"packets\", \(error)", at: text.position)
      return nil
    }
  }
}

extension TextForm<String> {
  /// A text whose reader says himself what is wrong with it.
  fileprivate static var anything: TextForm { TextForm("a text") { $0 } }
}
