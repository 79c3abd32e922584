// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternConfig
import PosternKnock
import Testing

/// Time zones of this host's database (Debian's `tzdata`), as `date` of coreutils reads the same files.
@Suite struct ZoneFileTests {
  /// With summer of half an hour, of less than nothing, by the moon, before midnight of the day before; and without any.
  static let zones = [
    "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Nuuk", "Australia/Lord_Howe", "Pacific/Chatham",
    "Europe/Dublin", "Africa/Casablanca", "Antarctica/Troll", "Asia/Kolkata", "Asia/Tehran", "Etc/GMT+12",
  ]
  private static let days = 366 * ZoneFile.years

  private func file(_ zone: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(zone)")))
  }

  /// 2026 to 2036 is written out in some files; the years after 2037 come from the rule in all.
  @Test(arguments: zones, [UInt64(1_790_000_000), 2_200_000_000])
  func clocksAsDateShowsThem(_ zone: String, _ start: UInt64) throws {
    let local = try #require(ZoneFile(try file(zone))?.localTime(from: Timestamp(seconds: start)))
    #expect(local.end == start + UInt64(Self.days) * 86_400)
    let changes = local.changes.flatMap { [$0.at - 1, $0.at] }
    let moments = stride(from: start, to: local.end, by: 86_400 * 5 + 3600) + changes
    let shown = try offsets(zone, at: Array(moments))
    #expect(shown.count == Array(moments).count)
    for (moment, offset) in zip(moments, shown) {
      let read = local.changes.last { $0.at <= moment }?.offset ?? local.offset
      #expect(read == offset, "\(zone) at \(moment)")
    }
  }

  @Test func berlinChangesTwiceAYear() throws {
    let local = try #require(ZoneFile(try file("Europe/Berlin"))?.localTime(from: Timestamp(seconds: 1_790_000_000)))
    #expect(local.changes.count == 20)
    #expect(local.offset == 7200)
    #expect(local.changes.first == .init(at: 1_792_890_000, offset: 3600))
  }

  @Test func halfOfAFileIsNone() throws {
    let whole = try file("Europe/Berlin")
    for count in whole.indices { #expect(ZoneFile(Array(whole[..<count])) == nil, "\(count) bytes") }
    #expect(ZoneFile(whole) != nil)
    var first = whole
    first[4] = 0
    #expect(ZoneFile(first) == nil)
    #expect(ZoneFile(whole + Array(repeating: 0, count: ZoneFile.byteLimit)) == nil)
  }

  @Test func anyFlippedBitIsRefusedOrRead() throws {
    let whole = try file("Europe/Berlin")
    for index in whole.indices {
      for bit in 0..<8 {
        var bytes = whole
        bytes[index] ^= 1 << bit
        _ = ZoneFile(bytes)?.localTime(from: Timestamp(seconds: 1_790_000_000))
      }
    }
  }

  /// What `date` prints as the offset from UTC, in seconds.
  private func offsets(_ zone: String, at moments: [UInt64]) throws -> [Int32] {
    let (input, output) = (Pipe(), Pipe())
    let date = Process()
    date.executableURL = URL(fileURLWithPath: "/usr/bin/date")
    date.arguments = ["-f", "-", "+%z"]
    date.environment = ["TZ": zone, "LC_ALL": "C"]
    date.standardInput = input
    date.standardOutput = output
    try date.run()
    // Fewer bytes than a pipe holds.
    try input.fileHandleForWriting.write(contentsOf: Data(moments.map { "@\($0)\n" }.joined().utf8))
    try input.fileHandleForWriting.close()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    date.waitUntilExit()
    #expect(date.terminationStatus == 0)
    return try text.split(separator: "\n").map { line in
      let number = try #require(Int32(line))
      return (number / 100 * 60 + number % 100) * 60
    }
  }
}
