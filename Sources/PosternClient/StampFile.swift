// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform
package import PosternKnock

/// The last stamp that this user's knocks bore, so that no two bear the same, whatever the clock does and however many clients run.
///
/// The file holds one decimal number. It is locked from reading to writing.
package struct StampFile: Hashable, Sendable {
  /// Twenty digits hold every stamp, so each write replaces the whole number in one call.
  private static let digits = 20

  package let path: String

  package init(path: String) { self.path = path }

  /// This user's; without a home directory the one beside a profile.
  package static func own(besides profile: String) throws(ClientError) -> StampFile {
    if let paths = UserPaths.own {
      try paths.makeStateDirectory()
      return StampFile(path: paths.stamp)
    }
    guard !profile.isEmpty else { throw .usage("without a home directory there is no place for a state: name a --profile") }
    return StampFile(path: profile + ".stamp")
  }

  /// The stamp for one knock: now, or one nanosecond after the last.
  package func next(now: Timestamp) throws(ClientError) -> Timestamp {
    let descriptor = try open()
    guard flock(descriptor.number, LOCK_EX) == 0 else { throw .system("locking \(path)") }
    let last = try read(descriptor)
    guard last.nanoseconds < UInt64.max else { throw .badFile(path: path, reason: "has no stamp left") }
    let stamp = last == .zero ? now : max(now, Timestamp(nanoseconds: last.nanoseconds + 1))
    try write(stamp, to: descriptor)
    return stamp
  }

  private func open() throws(ClientError) -> OwnedDescriptor {
    let number = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw .system("opening \(path)") }
    return OwnedDescriptor(owning: number)
  }

  /// Zero for an empty file, which is a new one.
  private func read(_ descriptor: borrowing OwnedDescriptor) throws(ClientError) -> Timestamp {
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = unsafe pread(descriptor.number, &buffer, buffer.count, 0)
    guard count >= 0 else { throw .system("reading \(path)") }
    guard count > 0 else { return .zero }
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    guard text.hasSuffix("\n"), let last = UInt64(digits: text.dropLast()) else {
      throw .badFile(path: path, reason: "is damaged; remove it when the clock is right")
    }
    return Timestamp(nanoseconds: last)
  }

  private func write(_ stamp: Timestamp, to descriptor: borrowing OwnedDescriptor) throws(ClientError) {
    let number = String(stamp.nanoseconds)
    let text = Array((String(repeating: "0", count: Self.digits - number.utf8.count) + number + "\n").utf8)
    guard unsafe pwrite(descriptor.number, text, text.count, 0) == text.count else { throw .system("writing \(path)") }
  }
}
