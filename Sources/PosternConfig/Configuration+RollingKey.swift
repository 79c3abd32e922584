// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
import PosternWire

extension Configuration {
  /// A key of the rolling sequence.
  package struct RollingKey: Sendable {
    package let secret: Located<String>
    package let transport: RollingCredential.Transport
    package let base: UInt16
    package let portCount: UInt8
    /// Seconds.
    package let stepLength: UInt16
    package let window: Timestamp.Span
    package let bindsSource: Bool
    package let position: ConfigPosition
  }
}

extension Configuration.RollingKey {
  private static let portCount: Int64 = 8
  private static let stepLength: UInt32 = 30
  private static let base: Int64 = 32_768
  private static let window = Timestamp.Span.seconds(10)

  init?(_ section: inout Section) {
    let secret = section.requiredText("secret", .path)
    let transport = section.text("transport", .oneOf([("tcp", .tcp), ("udp", RollingCredential.Transport.udp)]))?.value ?? .tcp
    let base = section.integer("base", in: 0...Int64(RollingCredential.largestBase))?.value ?? Self.base
    let counts = RollingCredential.portCounts
    let count = section.integer("ports", in: Int64(counts.lowerBound)...Int64(counts.upperBound))?.value ?? Self.portCount
    let steps = RollingCredential.stepLengths
    let step = section.text("step", .lease, in: UInt32(steps.lowerBound)...UInt32(steps.upperBound)) { "\($0)s" }
    let window = section.text("window", .span, in: RollingCredential.windows) { DurationText.text($0) }
    let bindsSource = section.boolean("bind-source")?.value ?? true
    guard let secret else { return nil }
    self.init(
      secret: secret, transport: transport, base: UInt16(base), portCount: UInt8(count),
      stepLength: UInt16(step?.value ?? Self.stepLength), window: window?.value ?? Self.window, bindsSource: bindsSource,
      position: section.position)
  }
}
