// SPDX-License-Identifier: Apache-2.0

/// What a figure has to reach, and whether it does.
package struct Bar: Hashable, Sendable {
  package let words: String
  package let value: Double
  package let limit: Double
  /// Otherwise at least.
  package let isMost: Bool

  package var isMet: Bool { isMost ? value <= limit : value >= limit }

  init(_ words: String, _ value: Double, atMost limit: Double) {
    self.words = words
    self.value = value
    self.limit = limit
    isMost = true
  }

  init(_ words: String, _ value: Double, atLeast limit: Double) {
    self.words = words
    self.value = value
    self.limit = limit
    isMost = false
  }
}

extension Bar {
  /// Those of which all figures were measured.
  package static func all(_ figures: Figures) -> [Bar] {
    latency(figures) + peers(figures) + rates(figures) + floods(figures) + growth(figures)
  }

  private static func latency(_ figures: Figures) -> [Bar] {
    guard let least = figures.median("latency", "reference", "p50_us") else { return [] }
    let curve = figures.median("curve", "postern", "p50_us") ?? 0
    return ["spa", "fwknop", "knockd", "cd00r", "ports", "rolling"].compactMap { name in
      guard let time = figures.median("latency/\(name)", "postern", "p50_us") else { return nil }
      let isNative = name == "spa"
      let words = "\(name): knock to element, p50 to that of the C program\(isNative ? ", one X25519 apart" : "")"
      return Bar(words, (time - (isNative ? curve : 0)) / least, atMost: 2)
    }
  }

  private static func peers(_ figures: Figures) -> [Bar] {
    [("fwknopd", 50.0), ("knockd", 10.0)].flatMap { peer, limit in
      ["connect/zero-wait", "connect/plain"].compactMap { name in
        guard let ours = figures.median(name, "postern", "p50_us"), let theirs = figures.median("connect/plain", peer, "p50_us"),
          ours > 0
        else { return nil }
        return Bar("\(name): times ahead of \(peer)", theirs / ours, atLeast: limit)
      }
    }
  }

  private static func rates(_ figures: Figures) -> [Bar] {
    [("spa", 8000.0), ("fwknop", 50_000), ("knockd", 50_000)].compactMap { name, limit in
      figures.median("rate/\(name)", "postern", "per_second").map { Bar("\(name): grants a second", $0, atLeast: limit) }
    }
  }

  private static func floods(_ figures: Figures) -> [Bar] {
    let capacity = figures.median("flood", "reference", "lossless_per_second")
    return ["length", "tag", "hint", "key"].flatMap { kind in
      var bars: [Bar] = []
      if kind == "length" || kind == "tag", let capacity,
        let ours = figures.median("flood/\(kind)", "postern", "lossless_per_second")
      {
        bars.append(Bar("junk of wrong \(kind): lossless rate to the C receiver's", ours / capacity, atLeast: 0.7))
      }
      if let time = figures.median("flood/\(kind)/moderate", "postern", "p99_us") {
        bars.append(Bar("a good knock under a flood below the gate's rate (\(kind)): p99 in ms", time / 1000, atMost: 20))
      }
      if let time = figures.median("flood/\(kind)/full", "postern", "max_us") {
        bars.append(
          Bar("a good knock, repeated as clients do, under a full flood (\(kind)): longest in ms", time / 1000, atMost: 2000))
      }
      return bars
    }
  }

  private static func growth(_ figures: Figures) -> [Bar] {
    var bars: [Bar] = []
    if let one = figures.median("growth/1-users", "postern", "p50_us"), one > 0,
      let many = figures.median("growth/10000-users/100000-elements", "postern", "p50_us")
    {
      bars.append(Bar("spa: p50 with 10,000 users and 100,000 elements to that with one user", many / one, atMost: 1.3))
    }
    if let memory = figures.median("memory/1000-users", "postern", "together_kib") {
      bars.append(Bar("both daemons with 1,000 users, resident, MiB", memory / 1024, atMost: 24))
    }
    return bars
  }
}
