// SPDX-License-Identifier: Apache-2.0
internal import PosternCrypto
internal import PosternPlatform

/// Why packets could not be explained.
struct ExplainFailure: Error {
  /// One message a line; none where each was said when it came up.
  let lines: [String]
  /// From sysexits.h.
  let exit: Int32

  init(_ text: String, exit: Int32) {
    lines = ["posternctl: \(text)"]
    self.exit = exit
  }

  init(_ error: CompileError) {
    lines = error.lines
    exit = error.exit
  }

  init(_ error: PlatformError) { self.init(error.description, exit: 71) }
  init(_ error: CryptoError) { self.init("libcrypto: \(error)", exit: 70) }

  /// Inputs that could not be read, each of which was complained of.
  static let unreadable = ExplainFailure(lines: [], exit: 65)

  private init(lines: [String], exit: Int32) {
    self.lines = lines
    self.exit = exit
  }
}
