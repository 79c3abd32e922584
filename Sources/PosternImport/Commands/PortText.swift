// SPDX-License-Identifier: Apache-2.0
import PosternWire

/// Ports and ranges of ports as other programs write them.
enum PortText {
  /// `22`, or `8000:8010` with this separator.
  static func range(_ text: String, between separator: Character) -> ClosedRange<Port>? {
    let ends = text.trimmed.parts(separator).map { Port($0.trimmed) }
    guard (1...2).contains(ends.count), let first = ends[0] else { return nil }
    guard ends.count == 2 else { return first...first }
    guard let last = ends[1], last >= first else { return nil }
    return first...last
  }
}
