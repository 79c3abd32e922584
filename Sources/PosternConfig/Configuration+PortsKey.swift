// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
import PosternWire

extension Configuration {
  /// A key of the encrypted port sequence.
  package struct PortsKey: Sendable {
    package enum Form: Hashable, Sendable, CaseIterable {
      case sealed
      case legacy
      case plain
    }

    package let form: Form
    /// Nil for plain ports.
    package let secret: Located<String>?
    package let base: UInt16
    package let window: Timestamp.Span
    package let order: PortsCredential.Order
    package let needsSource: Bool
    package let position: ConfigPosition
  }
}

extension Configuration.PortsKey {
  private static let window = Timestamp.Span.seconds(10)

  init?(_ section: inout Section) {
    let forms = Form.allCases.map { ($0.word, $0) }
    self.init(section.text("form", .oneOf(forms))?.value ?? .sealed, &section)
  }

  private init?(_ form: Form, _ section: inout Section) {
    var secret: Located<String>?
    switch form {
    case .sealed, .legacy:
      secret = section.requiredText("secret", .path)
      if secret == nil { return nil }
    case .plain: if let entry = section.entry("secret") { section.complain("plain ports have no secret", at: entry.keyPosition) }
    }
    let base = section.integer("base", in: 0...Int64(form.largestBase))
    let window = section.text("window", .span, in: PortsCredential.windows) { DurationText.text($0) }
    let order = section.text("order", .oneOf([("arrival", .arrival), ("seq", PortsCredential.Order.sequence)]))
    let needsSource = section.boolean("source-match")
    if form == .sealed, let needsSource {
      section.complain(
        "\"source-match\" is of classic forms; a sealed knock says itself what it claims", at: needsSource.position)
    }
    self.init(
      form: form, secret: secret, base: base.map { UInt16($0.value) } ?? form.usualBase, window: window?.value ?? Self.window,
      order: order?.value ?? .arrival, needsSource: needsSource?.value ?? (form != .sealed), position: section.position)
  }

  var knockProtocol: KnockProtocol {
    switch form {
    case .sealed: .ports
    case .legacy, .plain: .portsClassic
    }
  }
}

extension Configuration.PortsKey.Form {
  package var word: String {
    switch self {
    case .sealed: "sealed"
    case .legacy: "legacy-8"
    case .plain: "plain-8"
    }
  }

  var largestBase: UInt16 {
    switch self {
    case .sealed: 32_768
    case .legacy, .plain: 65_280
    }
  }

  var usualBase: UInt16 {
    switch self {
    case .sealed: 32_768
    case .legacy, .plain: 1024
    }
  }
}
