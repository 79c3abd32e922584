// SPDX-License-Identifier: Apache-2.0

/// The exit statuses of sysexits(3) that posternd uses.
enum ExitStatus {
  static let usage: Int32 = 64
  static let data: Int32 = 65
  static let unavailable: Int32 = 69
  static let stateIO: Int32 = 74
  static let temporary: Int32 = 75
  static let permission: Int32 = 77
  static let configuration: Int32 = 78
}

/// Why posternd cannot start, in the operator's words, with the status that it ends with.
struct StartFailure: Error {
  var text: String
  var status: Int32

  init(_ text: String, status: Int32) {
    self.text = text
    self.status = status
  }
}
