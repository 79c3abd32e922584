// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// An interface of a pcapng section: its link type, and what a tick of its clock is.
struct PcapngInterface: Hashable, Sendable {
  private enum Option {
    static let end: UInt16 = 0
    static let timeResolution: UInt16 = 9
    static let timeOffset: UInt16 = 14
    static let headerLength = 4
  }

  /// Link type 2, reserved 2, snapshot length 4, options.
  private static let fixedLength = 8

  let linkType: UInt16
  /// The most that is kept of a packet; zero for no limit.
  let snapshotLength: Int
  private var resolution = TickResolution.microseconds
  /// Seconds that are added to every time.
  private var offset: Int64 = 0

  init(_ block: PcapngBlock, in file: RawSpan) throws(CaptureFlaw) {
    let start = block.body.lowerBound
    guard block.body.count >= Self.fixedLength else { throw .wrongLength(at: block.start) }
    linkType = file.u16(at: start, block.order)
    snapshotLength = Int(file.u32(at: start + 4, block.order))
    try readOptions(file, start + Self.fixedLength..<block.body.upperBound, block)
  }

  /// When `ticks` were counted; nil for a moment before 1970 or after 2554.
  func time(_ ticks: UInt64) -> Timestamp? {
    let (seconds, nanoseconds) = resolution.split(ticks)
    let (moved, overflow) = Int64(clamping: seconds).addingReportingOverflow(offset)
    guard !overflow, moved >= 0 else { return nil }
    let (whole, tooLate) = UInt64(moved).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = whole.addingReportingOverflow(nanoseconds)
    return tooLate || carry ? nil : Timestamp(nanoseconds: sum)
  }

  /// Options are padded to whole words; the list may end without its end mark.
  private mutating func readOptions(_ file: RawSpan, _ options: Range<Int>, _ block: PcapngBlock) throws(CaptureFlaw) {
    var at = options.lowerBound
    while options.upperBound - at >= Option.headerLength {
      let code = file.u16(at: at, block.order)
      let length = Int(file.u16(at: at + 2, block.order))
      guard code != Option.end else { return }
      at += Option.headerLength
      guard options.upperBound - at >= length else { throw .wrongLength(at: block.start) }
      try take(code, file, at..<at + length, block)
      at += (length + 3) / 4 * 4
    }
  }

  private mutating func take(_ code: UInt16, _ file: RawSpan, _ value: Range<Int>, _ block: PcapngBlock) throws(CaptureFlaw) {
    switch (code, value.count) {
    case (Option.timeResolution, 1):
      guard let resolution = TickResolution(file.byte(value.lowerBound)) else { throw .wrongResolution(at: block.start) }
      self.resolution = resolution
    case (Option.timeOffset, 8): offset = Int64(bitPattern: file.u64(at: value.lowerBound, block.order))
    case (Option.timeResolution, _), (Option.timeOffset, _): throw .wrongLength(at: block.start)
    default: return
    }
  }
}
