// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternProtocols
import PosternWire
import Testing

@Suite struct AttemptsTests {
  typealias Table = Attempts<UInt64>
  let start = Timestamp(seconds: 1_800_000_000)
  let second = Timestamp.Span.seconds(1)

  private func source(_ number: Int) -> IPAddress { .v4(IPv4Address(UInt32(number))) }

  private func table(_ capacity: Int, perSource: Int = 4) -> Table {
    Table(blank: 0, capacity: capacity, perSource: perSource, seed: 7)
  }

  private func keys(_ table: Table, _ source: IPAddress) -> [Int] {
    var keys: [Int] = []
    var place = table.newest(of: source)
    while let candidate = place {
      keys.append(table.key(candidate).value)
      place = table.older(than: candidate)
    }
    return keys
  }

  @Test func stepsAndProgress() throws {
    var table = table(8)
    let place = table.begin(source(1), KeyIndex(3), 40, lifetime: second, at: start)
    #expect(table.find(source(1), KeyIndex(3)) == place)
    #expect(table.find(source(1), KeyIndex(4)) == nil)
    #expect(table.find(source(2), KeyIndex(3)) == nil)
    #expect(table.steps(place) == 1)
    table[place] = 41
    #expect(table.steps(place) == 1)
    table.advance(place)
    #expect(table.steps(place) == 2)
    #expect(table[place] == 41)
    #expect(table.begun(place) == start)
    #expect(table.count == 1)
    table.end(place)
    #expect(table.newest(of: source(1)) == nil)
    #expect(table.count == 0)
  }

  @Test func familiesAreApart() {
    var table = table(8)
    table.begin(.v4(IPv4Address(5)), KeyIndex(0), 0, lifetime: second, at: start)
    #expect(table.newest(of: .v6(IPv6Address(high: 0, low: 5))) == nil)
  }

  @Test func beginningAnewReplaces() {
    var table = table(8)
    table.advance(table.begin(source(1), KeyIndex(3), 1, lifetime: second, at: start))
    let place = table.begin(source(1), KeyIndex(3), 2, lifetime: second, at: start)
    #expect(keys(table, source(1)) == [3])
    #expect(table.steps(place) == 1)
  }

  @Test(arguments: [(0, true), (999, true), (1000, false), (-1, false)] as [(Int64, Bool)])
  func timeIsCountedFromTheFirstStep(_ milliseconds: Int64, _ lives: Bool) {
    var table = table(8)
    table.advance(table.begin(source(1), KeyIndex(3), 1, lifetime: second, at: start))
    table.endExpired(of: source(1), at: start + .milliseconds(milliseconds))
    #expect((table.find(source(1), KeyIndex(3)) != nil) == lives)
    #expect(table.count == (lives ? 1 : 0))
  }

  @Test func expiryLeavesTheOthers() {
    var table = table(8)
    for key in 0..<4 { table.begin(source(1), KeyIndex(key), 0, lifetime: key % 2 == 0 ? second : .seconds(9), at: start) }
    table.endExpired(of: source(1), at: start + .seconds(2))
    #expect(keys(table, source(1)) == [3, 1])
  }

  @Test func aSourceLosesItsOldestOnly() {
    var table = table(64)
    table.begin(source(2), KeyIndex(0), 0, lifetime: second, at: start)
    for key in 0..<6 { table.begin(source(1), KeyIndex(key), 0, lifetime: second, at: start) }
    #expect(keys(table, source(1)) == [5, 4, 3, 2])
    #expect(keys(table, source(2)) == [0])
  }

  @Test func firstStepsArePushedOutByYoungerOnesOnly() {
    var table = table(8)
    #expect(table.firstSteps == 6)
    for number in 1...6 { table.begin(source(number), KeyIndex(0), 0, lifetime: second, at: start) }
    #expect(table.newest(of: source(1)) != nil)
    table.begin(source(7), KeyIndex(0), 0, lifetime: second, at: start)
    #expect(table.newest(of: source(1)) == nil)
    for number in 2...7 { #expect(table.newest(of: source(number)) != nil) }
  }

  @Test func aFloodOfFirstStepsTouchesNoLaterOne() throws {
    var table = table(1024)
    let client = table.begin(source(0), KeyIndex(0), 77, lifetime: .seconds(25), at: start)
    table.advance(client)
    for number in 1...1_000_000 { table.begin(source(number), KeyIndex(0), 0, lifetime: .seconds(25), at: start) }
    #expect(table.find(source(0), KeyIndex(0)) == client)
    #expect(table.steps(client) == 2)
    #expect(table[client] == 77)
    #expect(table.count == table.firstSteps + 1)
  }

  @Test func aClientInAFloodGoesOnBeforeItsFirstStepIsPushedOut() {
    var table = table(1024)
    var opened = 0
    for number in 1...10_000 {
      if number % 100 == 0 { table.begin(source(0), KeyIndex(0), 0, lifetime: second, at: start) }
      table.begin(source(number), KeyIndex(0), 0, lifetime: second, at: start)
      if number % 100 == 90, let place = table.find(source(0), KeyIndex(0)) {
        opened += 1
        table.end(place)
      }
    }
    #expect(opened == 99)
  }

  @Test func laterStepsArePushedOutByLaterOnesOnly() {
    var table = table(8)
    #expect(table.laterSteps == 2)
    for number in 1...3 { table.begin(source(number), KeyIndex(0), 0, lifetime: second, at: start) }
    for number in [1, 2, 1, 3] { if let place = table.newest(of: source(number)) { table.advance(place) } }
    // the second source's last step is the oldest
    #expect(table.newest(of: source(2)) == nil)
    #expect(table.newest(of: source(1)).map { table.steps($0) } == 3)
    #expect(table.newest(of: source(3)).map { table.steps($0) } == 2)
  }

  @Test func countsStepsWithoutWrapping() {
    var table = table(8)
    let place = table.begin(source(1), KeyIndex(0), 0, lifetime: second, at: start)
    for _ in 0..<600 { table.advance(place) }
    #expect(table.steps(place) == 255)
  }

  /// A long random life beside a plain model of the same promises.
  @Test(arguments: 1...8) func agreesWithAPlainModel(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var table = Table(blank: 0, capacity: 32, perSource: 3, seed: seed)
    var model = AttemptModel(firstSteps: 24, laterSteps: 8, perSource: 3)
    for round in 0..<20_000 {
      let number = Int(random.next() % 40)
      let key = Int(random.next() % 5)
      let now = start + .milliseconds(Int64(round))
      switch random.next() % 8 {
      case 0...3:
        table.begin(source(number), KeyIndex(key), UInt64(round), lifetime: second, at: now)
        model.begin(number, key, UInt64(round), until: now + second)
      case 4, 5:
        if let place = table.find(source(number), KeyIndex(key)) { table.advance(place) }
        model.advance(number, key)
      case 6:
        if let place = table.find(source(number), KeyIndex(key)) { table.end(place) }
        model.end(number, key)
      default:
        table.endExpired(of: source(number), at: now)
        model.endExpired(number, at: now)
      }
      #expect(keys(table, source(number)) == model.keys(number), "round \(round)")
      #expect(table.count == model.count)
    }
    for number in 0..<40 { #expect(keys(table, source(number)) == model.keys(number)) }
  }
}

/// The table's promises, written as slowly and plainly as they can be.
private struct AttemptModel {
  struct Attempt {
    let source: Int
    let key: Int
    let progress: UInt64
    let end: Timestamp
    var steps = 1
  }

  let firstSteps: Int
  let laterSteps: Int
  let perSource: Int
  /// Each in the order of the last step.
  private var first: [Attempt] = []
  private var later: [Attempt] = []

  init(firstSteps: Int, laterSteps: Int, perSource: Int) {
    self.firstSteps = firstSteps
    self.laterSteps = laterSteps
    self.perSource = perSource
  }

  var count: Int { first.count + later.count }

  func keys(_ source: Int) -> [Int] {
    (first + later).filter { $0.source == source }.sorted { $0.progress > $1.progress }.map(\.key)
  }

  mutating func begin(_ source: Int, _ key: Int, _ progress: UInt64, until end: Timestamp) {
    self.end(source, key)
    let own = keys(source)
    if own.count == perSource, let oldest = own.last { self.end(source, oldest) }
    if first.count == firstSteps { first.removeFirst() }
    first.append(Attempt(source: source, key: key, progress: progress, end: end))
  }

  mutating func advance(_ source: Int, _ key: Int) {
    guard var attempt = (first + later).first(where: { $0.source == source && $0.key == key }) else { return }
    end(source, key)
    attempt.steps += 1
    if later.count == laterSteps { later.removeFirst() }
    later.append(attempt)
  }

  mutating func end(_ source: Int, _ key: Int) {
    first.removeAll { $0.source == source && $0.key == key }
    later.removeAll { $0.source == source && $0.key == key }
  }

  mutating func endExpired(_ source: Int, at now: Timestamp) {
    first.removeAll { $0.source == source && $0.end <= now }
    later.removeAll { $0.source == source && $0.end <= now }
  }
}
