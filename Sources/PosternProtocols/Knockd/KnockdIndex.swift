// SPDX-License-Identifier: Apache-2.0
internal import PosternTables
internal import PosternWire

/// Finds the sequences that a packet may begin, and says at once of most packets that they are in none. A look allocates nothing.
struct KnockdIndex: Sendable {
  /// One step of one member's sequence.
  private struct Entry: Sendable {
    let place: Int
    let member: Int
    let step: KnockdStep
    let isFirst: Bool
  }

  /// One bit for each TCP port, then one for each UDP port, then one for echo requests.
  private var bits = Array(repeating: UInt64(0), count: 2 * 1024 + 1)
  /// By place, those of one place by member.
  private var entries: [Entry] = []
  /// Of all members, apart from the entries, so that these can be read without being retained.
  private var targets: [IPAddress] = []
  /// Where each member's stand; none is any.
  private var ranges: [Range<Int>] = []

  /// Of members by their numbers: the destinations of each, and its steps.
  init(_ members: [(targets: [IPAddress], steps: [KnockdStep])]) {
    for (number, member) in members.enumerated() {
      ranges.append(targets.count..<targets.count + member.targets.count)
      targets += member.targets
      entries += entries(of: number, member.steps)
    }
    entries.sort { ($0.place, $0.member) < ($1.place, $1.member) }
    for entry in entries { mark(entry.place) }
  }

  mutating func insert(_ member: Int, _ steps: [KnockdStep]) {
    for entry in entries(of: member, steps) {
      mark(entry.place)
      entries.insert(entry, at: start(entry.place, member + 1))
    }
  }

  mutating func remove(_ member: Int, _ steps: [KnockdStep]) {
    for place in Set(steps.map(Self.place)) {
      entries.removeSubrange(start(place, member)..<start(place, member + 1))
      if !isListed(place) { bits[place / 64] &= ~(1 << UInt64(place % 64)) }
    }
  }

  private func entries(of member: Int, _ steps: [KnockdStep]) -> [Entry] {
    steps.enumerated().map { Entry(place: Self.place($1), member: member, step: $1, isFirst: $0 == 0) }
  }

  private mutating func mark(_ place: Int) { bits[place / 64] |= 1 << UInt64(place % 64) }

  /// Whether a packet is a step of any sequence: no other one is worth a look.
  func lists(_ packet: KnockdPacket) -> Bool {
    let place = Self.place(packet)
    guard bits[place / 64] & 1 << UInt64(place % 64) != 0 else { return false }
    var position = start(place)
    while position < entries.count, entries[position].place == place {
      if fits(packet, position) { return true }
      position += 1
    }
    return false
  }

  /// The first member, from this one on, whose sequence a packet begins.
  func begun(by packet: KnockdPacket, from member: Int = 0) -> Int? {
    let place = Self.place(packet)
    var position = start(place, member)
    while position < entries.count, entries[position].place == place {
      if entries[position].isFirst, fits(packet, position) { return entries[position].member }
      position += 1
    }
    return nil
  }

  private func fits(_ packet: KnockdPacket, _ position: Int) -> Bool {
    let range = ranges[entries[position].member]
    return packet.fits(entries[position].step) && (range.isEmpty || range.contains { targets[$0] == packet.destination })
  }

  private func isListed(_ place: Int) -> Bool {
    let position = start(place)
    return position < entries.count && entries[position].place == place
  }

  /// Where the entries of a place, from this member on, start or would start.
  private func start(_ place: Int, _ member: Int = 0) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      let isBefore = (entries[middle].place, entries[middle].member) < (place, member)
      if isBefore { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func place(_ step: KnockdStep) -> Int {
    switch step {
    case .tcp(let port, _): Int(port.number)
    case .udp(let port): 65_536 + Int(port.number)
    case .echo: 2 * 65_536
    }
  }

  private static func place(_ packet: KnockdPacket) -> Int {
    switch packet.kind {
    case .tcp: Int(packet.port)
    case .udp: 65_536 + Int(packet.port)
    case .echo: 2 * 65_536
    }
  }
}
