// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

extension Configuration {
  /// A key with `protocol = "knockd"`.
  package struct KnockdKey: Sendable {
    package enum Sequences: Sendable {
      case always([KnockdStep])
      case oneTime([KnockdCredential.Line])
      /// A file with one sequence a line.
      case file(Located<String>)
    }

    package let sequences: Sequences
    package let flags: TCPFlagTest
    package let timeout: Timestamp.Span
    /// Empty for any address that the rules hand over.
    package let targets: [IPAddress]
    package let ignoresRetransmissions: Bool

    /// Whether what was used has to be remembered.
    var isOneTime: Bool {
      switch sequences {
      case .always: false
      case .oneTime, .file: true
      }
    }
  }
}

extension Configuration.KnockdKey {
  /// That of knockd.
  private static let timeout = Timestamp.Span.seconds(25)
  private static let forms = ["sequence", "one-time", "one-time-file"]

  /// Nil after a complaint.
  init?(_ section: inout Section) {
    let flags = Self.flags(&section)
    let sequences = Self.sequences(&section, flags)
    let timeout = section.text("timeout", .span, in: KnockdCredential.timeouts, DurationText.text)?.value ?? Self.timeout
    let targets = section.targets(atMost: KnockdCredential.targetCounts.upperBound)
    let ignoresRetransmissions = section.boolean("ignore-retransmissions")?.value ?? false
    guard let sequences else { return nil }
    self.init(
      sequences: sequences, flags: flags, timeout: timeout, targets: targets, ignoresRetransmissions: ignoresRetransmissions)
  }

  private static func flags(_ section: inout Section) -> TCPFlagTest {
    guard let words = section.texts("flags", .flag, 0...16) else { return .any }
    guard let flags = TCPFlagTest(words: words.map(\.value)) else {
      section.complain("\"flags\" names a flag twice", at: section.entry("flags")?.node.position)
      return .any
    }
    return flags
  }

  private static func sequences(_ section: inout Section, _ flags: TCPFlagTest) -> Sequences? {
    let present = forms.filter { section.entry($0) != nil }
    guard present.count == 1 else {
      let names = forms.map(\.quoted).joined(separator: ", ")
      section.complain("exactly one of \(names) is needed\(section.place)")
      return nil
    }
    if let file = section.text("one-time-file", .path) { return .file(file) }
    if let steps = section.list("sequence", .step(flags), KnockdCredential.stepCounts) { return .always(steps.map(\.value)) }
    guard let lines = section.list("one-time", .line(flags), KnockdCredential.lineCounts) else { return nil }
    return .oneTime(lines.enumerated().map { .init(number: UInt32($0), steps: $1.value) })
  }
}

extension TextForm<String> {
  /// The name of a TCP flag, perhaps behind `!`.
  fileprivate static var flag: TextForm {
    TextForm("a TCP flag like \"syn\" or \"!ack\"") { TCPFlagTest(words: [$0]) == nil ? nil : $0 }
  }
}

extension TextForm<KnockdStep> {
  fileprivate static func step(_ flags: TCPFlagTest) -> TextForm {
    TextForm("a step like \"tcp/7000\", \"tcp/7000 syn !ack\", \"udp/8000\" or \"echo\"") { KnockdStep($0, flags: flags) }
  }
}

extension TextForm<[KnockdStep]> {
  fileprivate static func line(_ flags: TCPFlagTest) -> TextForm {
    TextForm("a sequence like \"tcp/7000,udp/8000\" of at most \(KnockdCredential.stepCounts.upperBound) steps") {
      KnockdLines.steps($0, flags)
    }
  }
}
