// SPDX-License-Identifier: Apache-2.0

/// Families of operating systems, as far as their SYNs tell them apart.
package enum OperatingSystem: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// Android too.
  case linux
  case windows
  /// iOS too.
  case macos
  case freebsd
  case openbsd
  case solaris

  package var description: String {
    switch self {
    case .linux: "linux"
    case .windows: "windows"
    case .macos: "macos"
    case .freebsd: "freebsd"
    case .openbsd: "openbsd"
    case .solaris: "solaris"
    }
  }
}

/// Some of the families.
package struct OperatingSystems: OptionSet, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }
  package init(_ system: OperatingSystem) { self.init(rawValue: 1 << UInt16(system.rawValue)) }

  package static let all = OperatingSystems(OperatingSystem.allCases.map { OperatingSystems($0) })

  package var members: [OperatingSystem] { OperatingSystem.allCases.filter { contains(OperatingSystems($0)) } }

  package var description: String { members.map(\.description).joined(separator: " or ") }
}
