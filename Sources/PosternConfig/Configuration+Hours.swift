// SPDX-License-Identifier: Apache-2.0
import PosternKnock

extension Configuration {
  /// The keys `hours` and `zone` of a door, a user or a client key.
  package struct Hours: Sendable {
    /// Minutes of the week, in order, none of them touching.
    package let spans: [Range<UInt16>]
    /// The name of a time zone; nil is UTC.
    package let zone: Located<String>?
    package let position: ConfigPosition
  }
}

extension Configuration.Hours {
  /// Nil where the section has none.
  init?(_ section: inout Section) {
    let texts = section.texts("hours", .hours, 1...WeekHours.maximumSpans)
    let zone = section.text("zone", .zone)
    guard let texts else {
      if let zone { section.complain("\"zone\" is of no use without \"hours\"", at: zone.position) }
      return nil
    }
    let spans = HoursText.merged(texts.flatMap(\.value))
    guard (1...WeekHours.maximumSpans).contains(spans.count) else {
      section.complain("\"hours\" has more than \(WeekHours.maximumSpans) spans")
      return nil
    }
    self.init(spans: spans, zone: zone, position: section.position)
  }
}

extension TextForm<[Range<UInt16>]> {
  static var hours: TextForm {
    TextForm("days and hours like \"mon-fri 08:00-18:00\", \"sat,sun\" or \"fri 22:00-02:00\"") { HoursText.spans($0) }
  }
}

extension TextForm<String> {
  /// What names a file below a directory and leads nowhere else.
  static var zone: TextForm {
    TextForm("a time zone like \"Europe/Berlin\" or \"UTC\"") { text in
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      let isName = (1...64).contains(text.utf8.count) && (1...3).contains(parts.count)
      return isName && parts.allSatisfy(isPart) ? text : nil
    }
  }

  private static func isPart(_ part: Substring) -> Bool {
    !part.isEmpty
      && part.utf8.allSatisfy {
        (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0) || "_-+".utf8.contains($0)
      }
  }
}
