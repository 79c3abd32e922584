// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
package import PosternProtocols
internal import PosternTables
internal import PosternWire

/// A plain sequence of packets, as `knock` sends it to knockd.
package struct KnockdRecipe: KnockRecipe {
  package enum Key: String, CaseIterable {
    case sequence
    case closeSequence = "close-sequence"
    case udp
    case delay
  }

  private static let words = "ports with blanks between, each perhaps with :tcp or :udp behind it, or echo"

  private let open: [KnockdStep]
  private let close: [KnockdStep]?
  private let delay: Timestamp.Span

  package init(_ lines: ProfileText) throws(ProfileProblem) {
    try lines.check(Key.self, CommonKey.names)
    let allUDP = try lines.optional(Key.udp, SettingForm.flagWords, SettingForm.flag) ?? false
    let sequence = { (text: String) in Self.sequence(text, allUDP: allUDP) }
    open = try lines.required(Key.sequence, Self.words, sequence)
    close = try lines.optional(Key.closeSequence, Self.words, sequence)
    delay = try lines.optional(Key.delay, SettingForm.pauseWords, SettingForm.pause) ?? .milliseconds(0)
  }

  package func steps(_ occasion: KnockOccasion) throws(ClientError) -> [KnockStep] {
    switch occasion.action {
    case .open: return KnockdEncoder.steps(open, pause: delay)
    case .close:
      guard let close else { throw .usage("the profile has no close-sequence") }
      return KnockdEncoder.steps(close, pause: delay)
    }
  }

  /// Steps with flags have blanks inside and commas between.
  private static func sequence(_ text: String, allUDP: Bool) -> [KnockdStep]? {
    let parts = text.contains(",") ? text.split(separator: ",").map { String($0.trimmed) } : SettingForm.words(text)
    let steps = parts.compactMap { step($0, allUDP: allUDP) }
    return KnockdCredential.stepCounts.contains(steps.count) && steps.count == parts.count ? steps : nil
  }

  private static func step(_ text: String, allUDP: Bool) -> KnockdStep? {
    guard let step = KnockdStep(text, flags: .any) ?? KnockdStep(knockd: text, flags: .any) else { return nil }
    guard allUDP, case .tcp(let port, _) = step else { return step }
    return .udp(port)
  }
}
