// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternConfig
internal import PosternControl
internal import PosternKnock
internal import PosternPlatform
internal import PosternWire

// How the words of a command line become values.

extension Name: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

extension LeaseID: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

extension IPAddress: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

extension EventKind: ExpressibleByArgument {}

/// A length of time as the configuration writes it: `30s`, `5m`, `1h`, `1d`.
struct Seconds: ExpressibleByArgument {
  let count: UInt32

  static let hour = Seconds(3600)

  private init(_ count: UInt32) { self.count = count }

  init?(argument: String) {
    guard let count = DurationText.seconds(argument), count > 0 else { return nil }
    self.count = count
  }
}

/// A user, and where it matters which, one of his keys: `alice` or `alice/laptop`.
struct Holder: ExpressibleByArgument {
  let user: Name
  let key: Name?

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let user = parts.first.flatMap({ Name($0) }) else { return nil }
    self.user = user
    guard parts.count == 2 else {
      key = nil
      return
    }
    guard let key = Name(parts[1]) else { return nil }
    self.key = key
  }
}

/// A moment: `2026-11-24T08:00:00Z`, or a length of time before now.
struct Moment: ExpressibleByArgument {
  let time: Timestamp

  init?(argument: String) {
    if let time = Timestamp(rfc3339: argument) {
      self.time = time
    } else if let span = DurationText.span(argument) {
      time = SystemClock.now() - span
    } else {
      return nil
    }
  }
}
