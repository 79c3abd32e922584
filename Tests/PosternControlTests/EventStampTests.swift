// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKnock
import PosternWire
import Testing

@Suite struct EventStampTests {
  private func line(_ stamp: EventStamp) -> [UInt8] {
    var line = JSONLine()
    stamp.put(into: &line)
    line.put("time", "now")
    return line.bytes
  }

  @Test func comesBackFromItsLine() {
    for sequence in [0, 1, 9, 10, UInt64.max] {
      let stamp = EventStamp(sequence: sequence, run: .max - sequence, boot: 0x0102_0304)
      #expect(EventStamp(startOf: line(stamp)) == stamp)
    }
  }

  static let strange = [
    "", "{", #"{"seq":}"#, #"{"seq":01,"run":"0000000000000001","boot":"00000001""#,
    #"{"seq":-1,"run":"0000000000000001","boot":"00000001""#,
    #"{"seq":18446744073709551616,"run":"0000000000000001","boot":"00000001""#,
    #"{"seq":1,"run":"000000000000001","boot":"00000001""#, #"{"seq":1,"run":"000000000000000G","boot":"00000001""#,
    #"{"seq":1,"run":"0000000000000001","boot":"00000001"#, #" {"seq":1,"run":"0000000000000001","boot":"00000001""#,
    #"{"run":"0000000000000001","seq":1,"boot":"00000001""#,
  ]
  @Test(arguments: strange) func nothingElseIsAStamp(_ text: String) { #expect(EventStamp(startOf: Array(text.utf8)) == nil) }

  @Test func goesOnWithTheRunItFinds() {
    let start = Timestamp(nanoseconds: 0xabc)
    let last = EventStamp(sequence: 41, run: 5, boot: 1)
    #expect(EventStamp(after: last, boot: 2, start: start) == EventStamp(sequence: 42, run: 5, boot: 2))
    #expect(EventStamp(after: nil, boot: 2, start: start) == EventStamp(sequence: 1, run: 0xabc, boot: 2))
    let full = EventStamp(sequence: .max, run: 5, boot: 1)
    #expect(EventStamp(after: full, boot: 2, start: start) == EventStamp(sequence: 1, run: 0xabc, boot: 2))
    #expect(last.next.sequence == 42 && last.next.run == 5)
  }
}
