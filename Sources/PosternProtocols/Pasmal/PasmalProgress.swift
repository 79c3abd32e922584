// SPDX-License-Identifier: Apache-2.0

/// Where an attempt stands. The steps of the opener are counted first, then the packets of the stream.
struct PasmalProgress: BitwiseCopyable, Hashable, Sendable {
  enum Stage: UInt8, BitwiseCopyable, Hashable, Sendable {
    case opener
    case screen
    case password
  }

  var stage = Stage.opener
  /// Steps of the opener that were seen.
  var steps: UInt8 = 1
  /// Packets of the stream that were seen, decoys included.
  var packets: UInt8 = 0
  /// Real ones among them.
  var real: UInt8 = 0
  var nonce = PasmalNonce.none
}
