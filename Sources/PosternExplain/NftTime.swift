// SPDX-License-Identifier: Apache-2.0

/// Lengths of time as nft prints them: `30s`, `1m30s`, `1d2h`.
package enum NftTime {
  private static let units: [(name: String, milliseconds: UInt64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]

  package static func text(_ milliseconds: UInt64) -> String {
    var rest = milliseconds
    var text = ""
    for unit in units where rest >= unit.milliseconds {
      text += "\(rest / unit.milliseconds)\(unit.name)"
      rest %= unit.milliseconds
    }
    return text.isEmpty ? "0s" : text
  }
}
