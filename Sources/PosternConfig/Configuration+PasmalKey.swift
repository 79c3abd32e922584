// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

extension Configuration {
  /// A key with `protocol = "pasmal"`.
  package struct PasmalKey: Sendable {
    /// The stream of real packets and decoys; its secret is in a file.
    package struct Screen: Sendable {
      package let file: Located<String>
      /// Zero in the place of the secret.
      package let form: PasmalCredential.Screen
    }

    package let opener: [PasmalCredential.Step]
    package let screen: Screen?
    package let passwordPort: Located<Port>?
    package let timeout: Timestamp.Span

    /// Whether nothing but the opener is asked for.
    var isPlain: Bool { screen == nil && passwordPort == nil }
  }
}

extension Configuration.PasmalKey {
  private static let timeout = Timestamp.Span.seconds(30)

  /// Nil after a complaint.
  init?(_ section: inout Section) {
    section.require("opener")
    let opener = section.list("opener", .pasmalStep, PasmalCredential.openerCounts)?.map(\.value)
    let screen = Screen.read(&section)
    let passwordPort = section.integer("password-port", in: 1...65_535)
    let timeout = section.text("timeout", .span, in: PasmalCredential.timeouts, DurationText.text)?.value ?? Self.timeout
    guard let opener, !opener.isEmpty else { return nil }
    let port = passwordPort.flatMap { found in Port(UInt16(found.value)).map { Located($0, at: found.position) } }
    let ports = opener.compactMap(\.port) + [port?.value].compactMap(\.self)
    if let screen, ports.contains(where: { screen.form.contains($0.number) }) {
      section.complain("ports of \"opener\" and \"password-port\" must lie outside of the screen", at: screen.file.position)
    }
    self.init(opener: opener, screen: screen, passwordPort: port, timeout: timeout)
  }
}

extension Configuration.PasmalKey.Screen {
  private static let (base, span, packets, real): (Int64, Int64, Int64, Int64) = (32_768, 1024, 64, 8)

  fileprivate static func read(_ section: inout Section) -> Self? {
    typealias Form = PasmalCredential.Screen
    let file = section.text("screen", .path)
    let base = section.integer("screen-base", in: 1...65_535)
    let span = section.integer("screen-span", in: Int64(Form.spans.lowerBound)...Int64(Form.spans.upperBound))
    let packets = section.integer("screen-packets", in: Int64(Form.packetCounts.lowerBound)...Int64(Form.packetCounts.upperBound))
    let real = section.integer("screen-real", in: Int64(Form.realCounts.lowerBound)...Int64(Form.realCounts.upperBound))
    guard let file else {
      if let stray = [base, span, packets, real].compactMap(\.self).first {
        section.complain("the parts of a screen are of no use without \"screen\"", at: stray.position)
      }
      return nil
    }
    let form = Form(
      secret: .zero, base: UInt16(base?.value ?? Self.base), span: UInt16(span?.value ?? Self.span),
      packets: UInt8(packets?.value ?? Self.packets), real: UInt8(real?.value ?? Self.real))
    guard form.isPossible else {
      section.complain(
        "such a screen cannot be: its ports end at 65535, and at most half of its packets are real", at: file.position)
      return nil
    }
    return Self(file: file, form: form)
  }
}

extension PasmalCredential.Step {
  fileprivate var port: Port? {
    switch self {
    case .tcp(let port, _), .udp(let port): port
    case .echo: nil
    }
  }
}

extension TextForm<PasmalCredential.Step> {
  fileprivate static var pasmalStep: TextForm {
    TextForm("a step like \"tcp/7000\", \"tcp/7000 fin !ack\", \"udp/8000\" or \"echo id 7 seq 1 length 56\"") {
      PasmalCredential.Step($0)
    }
  }
}
