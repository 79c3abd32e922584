// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
  /// A member in a table's cell; `-` for one that is not there.
  func cell(_ member: String) -> String { self[member]?.cell ?? "-" }

  /// A member that counts seconds.
  func duration(_ member: String) -> String { self[member]?.integer.map(LeaseTable.duration) ?? "-" }

  /// The elements of a member that is an array; none where it is not.
  func list(_ member: String) -> [JSONValue] {
    if case .array(let values)? = self[member] { values } else { [] }
  }
}
