// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternKnock
internal import PosternTables
internal import PosternWire

/// The keys whose sequences begin in one span of ports and change at the same moments, found by their first two ports.
struct RollingCohort {
  struct Shape: Hashable {
    let transport: RollingCredential.Transport
    let base: UInt16
    /// Seconds.
    let stepLength: UInt16

    init(_ credential: RollingCredential) {
      transport = credential.transport
      base = credential.base
      stepLength = credential.stepLength
    }
  }

  /// How a sequence begins.
  struct Opening {
    let first: UInt16
    let second: UInt16
    let key: UInt32
    let step: UInt64
  }

  let shape: Shape
  let alphabet: PortAlphabet
  /// Positions of the reader's keys.
  var keys: [Int] = []
  /// The openings of step s in order of their first ports stand at s mod 3, so that three neighbours never share a place.
  private var generations: [[Opening]] = Array(repeating: [], count: 3)
  private var steps: [UInt64?] = Array(repeating: nil, count: 3)

  init(_ shape: Shape) {
    self.shape = shape
    alphabet = .halves(from: shape.base)
  }

  func step(at now: Timestamp) -> UInt64 { RollingSequence.step(of: now, length: shape.stepLength) }

  /// Whether something is missing for the step of `now`.
  func isDue(at now: Timestamp) -> Bool {
    let step = step(at: now)
    return ((step == 0 ? 0 : step - 1)...step + 1).contains { steps[Int($0 % 3)] != $0 }
  }

  /// Computes what is missing for the step of `now` and its neighbours.
  mutating func advance(to now: Timestamp, opening: (_ key: Int, _ step: UInt64) -> (UInt16, UInt16)) {
    let step = step(at: now)
    for wanted in (step == 0 ? 0 : step - 1)...step + 1 {
      let place = Int(wanted % 3)
      guard steps[place] != wanted else { continue }
      generations[place] = keys.map { key in
        let (first, second) = opening(key, wanted)
        return Opening(first: first, second: second, key: UInt32(clamping: key), step: wanted)
      }.sorted { $0.first < $1.first }
      steps[place] = wanted
    }
  }

  /// At most `limit` openings a step that begin with a symbol.
  func openings(_ symbol: UInt16, atMost limit: Int) -> [Opening] {
    generations.flatMap { generation in
      let start = Self.first(generation, symbol)
      return generation[start...].prefix(limit).prefix { $0.first == symbol }
    }
  }

  private static func first(_ openings: [Opening], _ symbol: UInt16) -> Int {
    var low = 0
    var high = openings.count
    while low < high {
      let middle = (low + high) / 2
      if openings[middle].first < symbol { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
