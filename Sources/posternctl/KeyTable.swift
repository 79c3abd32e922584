// SPDX-License-Identifier: Apache-2.0

/// The client keys, one a row.
package struct KeyTable: Sendable {
  private var table = TextTable(heading: ["USER", "KEY", "STATE", "ENDS", "LAST KNOCK", "GATEWAY KEY", "ADMISSION"])

  package init(_ keys: [JSONValue]) {
    for key in keys {
      let label = key["gateway-key-label"]?.string.map { " \($0)" } ?? ""
      table.add([
        cell(key, "user"), cell(key, "key"), cell(key, "state"), cell(key, "ends"), cell(key, "last-knock"),
        cell(key, "gateway-key") + label, cell(key, "admission"),
      ])
    }
  }

  package var lines: [String] { table.lines }

  private func cell(_ key: JSONValue, _ name: String) -> String { key[name]?.cell ?? "-" }
}
