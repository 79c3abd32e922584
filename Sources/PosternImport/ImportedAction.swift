// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// A command of the old system as a named action.
struct ImportedAction: Sendable {
  let name: String
  let origin: ImportPosition
  /// As it stood there.
  let command: String
  /// Placeholders stand for whole arguments.
  let arguments: [String]
  var comments: [String] = []
  /// Of the knocks that are to start it.
  var strength = Strength.authenticated
  /// It cannot run as it is: the administrator has to see to it.
  var isOff = false
}
