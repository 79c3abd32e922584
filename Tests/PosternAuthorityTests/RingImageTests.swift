// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternKnock
import PosternWire
import Testing

@Suite struct RingImageTests {
  /// Twelve records in eight slots, all on disk.
  private func disk() throws -> Disk {
    var disk = try Disk(slots: 8)
    var replay = try state(.missing, slots: 8)
    for number in UInt64(1)...12 {
      let now = start + .seconds(Int64(number) * 20)
      try replay.record(knock(number, now), key: number, at: now)
      let batch = replay.unwritten(latest: now)
      disk.write(batch)
      replay.markWritten(batch)
    }
    return disk
  }

  /// Every byte that is used, and one of the padding.
  private func places(_ disk: Disk) -> [Int] {
    Array(0...512) + Array(4096...4608) + Array(8192..<disk.bytes.count)
  }

  @Test func roundTrip() throws {
    let disk = try disk()
    guard case .ring(let image) = disk.reading else {
      Issue.record("\(disk.reading)")
      return
    }
    #expect(image.slots.map(\.sequence) == [8, 9, 10, 11, 12, 5, 6, 7])
    #expect(image.header.latest == start + .seconds(240))
    #expect(image.encoded().withBytes { RingImage.read($0) } == .ring(image))
  }

  @Test func emptyAndBlankAreMissing() throws {
    #expect([UInt8]().withBytes { RingImage.read($0) } == .missing)
    #expect(try Disk(slots: 3).reading == .missing)
  }

  @Test func everyTruncationIsDamage() throws {
    let bytes = try disk().bytes
    for length in 1..<bytes.count {
      let reading = Array(bytes[..<length]).withBytes { RingImage.read($0) }
      guard case .damaged(.size, _) = reading else {
        Issue.record("\(length): \(reading)")
        return
      }
    }
  }

  /// What a file system may leave: the length, with zeros for what is lost.
  @Test func everyBlankedTailIsDamageOrMissing() throws {
    let disk = try disk()
    for length in places(disk) {
      var broken = disk
      broken.bytes.replaceSubrange(length..., with: repeatElement(0, count: disk.bytes.count - length))
      if case .ring(let image) = broken.reading { #expect(.ring(image) == disk.reading, "\(length)") }
    }
  }

  @Test func oneFlippedByteChangesNothingOrIsDamage() throws {
    let disk = try disk()
    for offset in places(disk) {
      var broken = disk
      broken.bytes[offset] ^= UInt8(1) << UInt8(offset % 8)
      let expected = offset < 8192 ? disk.reading : .damaged(.slot, disk.reading.header)
      guard broken.reading == expected else {
        Issue.record("\(offset): \(broken.reading)")
        return
      }
    }
  }

  @Test func bothHeadersFlippedIsDamage() throws {
    let disk = try disk()
    for offset in 0..<512 {
      var broken = disk
      broken.bytes[offset] ^= 0x10
      broken.bytes[4096 + offset] ^= 0x10
      #expect(broken.reading == .damaged(.header, nil))
    }
  }

  @Test func lostRecordIsDamage() throws {
    for slot in 0..<8 {
      var broken = try disk()
      broken.bytes.replaceSubrange(8192 + slot * 64..<8192 + slot * 64 + 64, with: repeatElement(0, count: 64))
      // Slot 4 holds the newest record, which no header vouches for yet.
      guard slot != 4 else { continue }
      #expect(broken.reading == .damaged(.gap, broken.reading.header), "\(slot)")
    }
  }

  @Test func recordsLostThatTheHeaderVouchesForAreDamage() throws {
    var broken = try disk()
    broken.bytes.replaceSubrange(8192..., with: repeatElement(0, count: 512))
    #expect(broken.reading == .damaged(.gap, broken.reading.header))
  }

  @Test func swappedSlotsAreDamage() throws {
    var broken = try disk()
    let first = Array(broken.bytes[8192..<8256])
    broken.bytes.replaceSubrange(8192..<8256, with: broken.bytes[8256..<8320])
    broken.bytes.replaceSubrange(8256..<8320, with: first)
    #expect(broken.reading == .damaged(.slot, broken.reading.header))
  }

  @Test func otherLengthThanTheHeaderSaysIsDamage() throws {
    var broken = try disk()
    broken.bytes += Array(repeating: 0, count: 64)
    #expect(broken.reading == .damaged(.size, broken.reading.header))
  }

  @Test(arguments: [1, 3, 8, 9, 64]) func resizedRingRemembers(_ slots: Int) throws {
    guard case .ring(let image) = try disk().reading else { throw NoLayout() }
    let resized = image.resized(to: try layout(slots))
    let reading = resized.encoded().withBytes { RingImage.read($0) }
    #expect(reading == .ring(resized))
    let replay = try state(reading, slots: slots)
    #expect(replay.fence == nil)
    for number in UInt64(1)...12 {
      let stamp = start + .seconds(Int64(number) * 20)
      #expect(denial { () throws(Denial) in try replay.check(knock(number, stamp)) } != nil)
    }
    #expect(denial { () throws(Denial) in try replay.check(knock(99, start + .seconds(241))) } == nil)
  }
}
