// SPDX-License-Identifier: Apache-2.0
import PosternTables

extension Configuration {
  /// `[control]`: where operators are listened to, and who they are besides root.
  package struct Control: Sendable {
    package enum Group: Sendable {
      /// What is meant where the configuration says nothing: if there is such a group.
      case usual(String)
      case named(Located<String>)
      case number(UInt32)
    }

    package let socket: Located<String>
    /// May look and change.
    package let operators: Group
    /// May look.
    package let viewers: Group

    init(_ section: inout Section) {
      socket = section.path("socket", atMost: TableLimits.socketPathBytes, standard: "/run/postern/control")
      operators = section.group("operators") ?? .usual("postern")
      viewers = section.group("viewers") ?? .usual("postern-view")
    }
  }
}

extension Section {
  /// A group by its name or its number.
  fileprivate mutating func group(_ key: String) -> Configuration.Control.Group? {
    guard let node = entry(key)?.node else { return nil }
    switch node.kind {
    case .integer(let number):
      guard let id = UInt32(exactly: number), id < .max else {
        complain("\(key.quoted) must be a group's number, not \(number)", at: node.position)
        return nil
      }
      return .number(id)
    case .string, .table, .array, .boolean, .dateTime, .other: return text(key, .groupName).map { .named($0) }
    }
  }
}

extension TextForm<String> {
  /// What groupadd(8) takes, without its dollar sign.
  fileprivate static var groupName: TextForm {
    TextForm("the name of a group or its number") { text in
      let isName = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: false
        }
      }
      return isName && (1...32).contains(text.utf8.count) ? text : nil
    }
  }
}
