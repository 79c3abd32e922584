// SPDX-License-Identifier: Apache-2.0

/// What a knock of the old system comes to in the new configuration.
enum KnockDeed: Hashable, Sendable {
  case open(door: String)
  case close(door: String)
  case run(action: String)
  /// It could not be completed; its key is written switched off.
  case unknown

  var door: String? {
    switch self {
    case .open(let door), .close(let door): door
    case .run, .unknown: nil
    }
  }
}
