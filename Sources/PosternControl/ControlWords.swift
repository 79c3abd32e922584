// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// The words of a request line, taken one after another.
struct ControlWords {
  private var rest: ArraySlice<String>

  init(_ line: some StringProtocol) {
    rest = line.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }[...]
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func next() -> String? { rest.popFirst() }

  /// The word after `name`, if that comes next.
  mutating func value(of name: String) -> String? {
    guard rest.first == name, rest.count > 1 else { return nil }
    rest.removeFirst()
    return rest.popFirst()
  }

  mutating func flag(_ name: String) -> Bool {
    guard rest.first == name else { return false }
    rest.removeFirst()
    return true
  }

  /// Decimal; the one spelling that a request has rules out signs and leading zeros.
  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = UInt32.self) -> Number? { next().flatMap { Number($0) } }
}

extension EventQuery {
  var words: [String] {
    var words: [String] = []
    if follows { words.append("follow") }
    if let user = filter.user { words += ["user", "\(user)"] }
    if let door = filter.door { words += ["door", "\(door)"] }
    if !filter.kinds.isEmpty {
      words += ["event", EventKind.allCases.filter(filter.kinds.contains).map(\.rawValue).joined(separator: ",")]
    }
    if let since = filter.since { words += ["since", "\(since.nanoseconds)"] }
    if let last { words += ["last", "\(last)"] }
    return words
  }

  /// What is not understood stays unread, and the line is then none of ours.
  init?(_ words: inout ControlWords) {
    self.init(follows: words.flag("follow"))
    filter.user = words.value(of: "user").flatMap { Name($0) }
    filter.door = words.value(of: "door").flatMap { Name($0) }
    filter.kinds = Set((words.value(of: "event") ?? "").split(separator: ",").compactMap { EventKind(rawValue: String($0)) })
    filter.since = words.value(of: "since").flatMap { UInt64($0) }.map { Timestamp(nanoseconds: $0) }
    last = words.value(of: "last").flatMap { UInt32($0) }
  }
}

extension OperatorOpening {
  var words: [String] {
    let holder = key.map { "\(user)/\($0)" } ?? "\(user)"
    return [holder, "\(door)", seconds.map { "\($0)" } ?? "-"] + addresses.map(\.description)
  }

  init?(_ words: inout ControlWords) {
    guard let holder = words.next()?.split(separator: "/", omittingEmptySubsequences: false), holder.count <= 2,
      let user = holder.first.flatMap({ Name($0) }), let door = words.next().flatMap({ Name($0) }), let lease = words.next()
    else { return nil }
    self.init(
      user: user, key: holder.count == 2 ? Name(holder[1]) : nil, door: door, seconds: UInt32(lease), addresses: [])
    while let word = words.next() {
      guard let address = IPAddress(word) else { return nil }
      addresses.append(address)
    }
    guard (1...Self.addressLimit).contains(addresses.count) else { return nil }
  }
}
