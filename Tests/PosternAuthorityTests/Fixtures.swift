// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternTables
import PosternWire

/// SplitMix64: the same numbers at every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}

/// The ring file without a file.
struct Disk {
  var bytes: [UInt8]

  init(slots: Int) throws { bytes = Array(repeating: 0, count: try layout(slots).fileSize) }

  mutating func write(_ batch: RingBatch) {
    for run in batch.runs { write(run, run.bytes.count) }
  }

  /// As much of a run as reached the file.
  mutating func write(_ run: RingBatch.Run, _ count: Int) {
    bytes.replaceSubrange(run.offset..<run.offset + count, with: run.bytes[..<count])
  }

  var reading: RingReading { bytes.withBytes { RingImage.read($0) } }
}

struct NoLayout: Error {}

func layout(_ slots: Int) throws -> RingLayout {
  guard let layout = RingLayout(slotCount: slots) else { throw NoLayout() }
  return layout
}

/// That of `spa`.
let window = FreshnessWindow(past: .seconds(60), future: .seconds(15))
let start = Timestamp(seconds: 1_800_000_000)
let identity = RingIdentity(boot: Bytes16(high: 1, low: 2), machine: Bytes16(high: 3, low: 4), gateway: 5)

func state(_ reading: RingReading, slots: Int, identity: RingIdentity = identity, history: RingHistory = .new) throws
  -> ReplayState
{
  ReplayState(reading, layout: try layout(slots), identity: identity, history: history)
}

func knock(_ id: UInt64, _ stamp: Timestamp = start, key: Int = 0) -> Knock {
  Knock(
    knockProtocol: .spa, id: Bytes16(high: 0, low: id), stamp: stamp, key: KeyIndex(key), action: .open, wish: .door(nil),
    ipv4: .named(IPv4Address(0xc000_0207), port: nil), ipv6: .none, wishedLease: 0, totp: nil)
}

/// The denial of `body`, nil when it passes.
func denial(_ body: () throws(Denial) -> Void) -> Denial? {
  do throws(Denial) { try body() } catch { return error }
  return nil
}
