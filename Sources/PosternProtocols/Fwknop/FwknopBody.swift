// SPDX-License-Identifier: Apache-2.0
internal import PosternWire

/// Where a packet's data holds the text: all of it, or the target of an HTTP request.
struct FwknopBody: Hashable {
  private static let method = Array("get /".utf8)
  private static let agent = Array("User-Agent: Fwknop".utf8)
  /// Spaces and what ends lines.
  private static let ends: ClosedRange<UInt8> = 0...0x20

  /// What the text stands in.
  enum Form: Hashable {
    case plain
    case request(isFwknops: Bool)
  }

  let place: Range<Int>
  let form: Form

  /// Requests are looked for only where clients send them: in TCP. One segment holds the whole of it.
  init(_ data: RawSpan, in carrier: FwknopCarrier) {
    guard carrier == .segment || carrier == .syn, Self.starts(data) else {
      place = 0..<data.byteCount
      form = .plain
      return
    }
    place = Self.method.count..<Self.endOfTarget(data)
    form = .request(isFwknops: Self.namesAgent(data, behind: place.upperBound))
  }

  /// Methods are case-sensitive (RFC 9110 section 9.1), but fwknop's server is not.
  private static func starts(_ data: RawSpan) -> Bool {
    guard data.byteCount > method.count else { return false }
    for (offset, character) in method.enumerated() where data.byte(offset) | 0x20 != character | 0x20 { return false }
    return true
  }

  private static func endOfTarget(_ data: RawSpan) -> Int {
    var offset = method.count
    while offset < data.byteCount, !ends.contains(data.byte(offset)) { offset += 1 }
    return offset
  }

  private static func namesAgent(_ data: RawSpan, behind start: Int) -> Bool {
    guard data.byteCount - agent.count >= start else { return false }
    return (start...data.byteCount - agent.count).contains { matches(data, at: $0) }
  }

  private static func matches(_ data: RawSpan, at place: Int) -> Bool {
    for (offset, character) in agent.enumerated() where data.byte(place + offset) != character { return false }
    return true
  }
}

extension FwknopBody.Form {
  var alphabet: FwknopText.Alphabet {
    switch self {
    case .plain: .standard
    case .request: .url
    }
  }
}
