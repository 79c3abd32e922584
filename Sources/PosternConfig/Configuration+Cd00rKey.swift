// SPDX-License-Identifier: Apache-2.0
import PosternKnock
package import PosternTables
import PosternWire

extension Configuration {
  /// A key with `protocol = "cd00r"`.
  package struct Cd00rKey: Sendable {
    package let credential: Cd00rCredential
  }
}

extension Configuration.Cd00rKey {
  private static let timeout = Timestamp.Span.seconds(30)

  /// Nil after a complaint.
  init?(_ section: inout Section) {
    section.require("sequence")
    let ports = section.list("sequence", .tcpPort, Cd00rCredential.portCounts)
    let timeout = Self.timeout(&section)
    let targets = section.targets(atMost: Cd00rCredential.targetCounts.upperBound)
    let resets = section.boolean("reset")?.value ?? true
    let state = Self.state(&section)
    guard let ports else { return nil }
    self.init(
      credential: Cd00rCredential(ports: ports.map(\.value), timeout: timeout, targets: targets, resets: resets, state: state))
  }

  /// Nil for `"0s"`.
  private static func timeout(_ section: inout Section) -> Timestamp.Span? {
    let bounds = Timestamp.Span.seconds(0)...Cd00rCredential.timeouts.upperBound
    let timeout = section.text("timeout", .span, in: bounds, DurationText.text)?.value ?? timeout
    return timeout == .seconds(0) ? nil : timeout
  }

  private static func state(_ section: inout Section) -> Cd00rCredential.State {
    let isGlobal = section.boolean("global-state")?.value ?? false
    let sameSender = section.boolean("same-sender")
    guard isGlobal else {
      if let sameSender, !sameSender.value {
        section.complain("\"same-sender\" can only be false with global-state = true", at: sameSender.position)
      }
      return .perSource
    }
    return sameSender?.value ?? false ? .globalOfOneSender : .global
  }
}

extension TextForm<Port> {
  fileprivate static var tcpPort: TextForm {
    TextForm("a TCP port like \"tcp/7000\"") { $0.hasPrefix("tcp/") ? Port($0.dropFirst(4)) : nil }
  }
}
