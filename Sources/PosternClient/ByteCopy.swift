// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Copies a stream from one descriptor to another until it ends. Neither descriptor is owned or closed.
struct ByteCopy: Sendable {
  private static let bufferBytes = 64 << 10

  let source: Int32
  let destination: Int32

  /// How a copy came to its end.
  enum End: Hashable, Sendable {
    case endOfFile
    case sourceFailed(Int32)
    /// Nobody takes the bytes any more.
    case destinationFailed(Int32)
  }

  func run() -> End {
    var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
    while true {
      let count = Self.untilUninterrupted { unsafe read(source, &buffer, buffer.count) }
      guard count > 0 else { return count == 0 ? .endOfFile : .sourceFailed(errno) }
      guard write(buffer[..<count]) else { return .destinationFailed(errno) }
    }
  }

  private func write(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = Self.untilUninterrupted {
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(destination, $0.baseAddress, $0.count) }
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func untilUninterrupted(_ call: () -> Int) -> Int {
    while true {
      let answer = call()
      guard answer < 0, errno == EINTR else { return answer }
    }
  }
}
