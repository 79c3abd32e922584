// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
package import PosternWire

extension Configuration {
  /// A key of the `doorman` protocol: a record of its guest list.
  package struct DoormanKey: Sendable {
    package let port: Port
    package let group: Located<String>
    /// The file of the secret.
    package let secret: Located<String>
    package let ports: [Port]
    /// Empty admits any source.
    package let networks: [AddressPrefix]
  }
}

extension Configuration.DoormanKey {
  private static var group: TextForm<String> {
    let lengths = DoormanCredential.groupLengths
    return TextForm("\(lengths.lowerBound) to \(lengths.upperBound) printable characters without blanks") {
      lengths.contains($0.utf8.count) && DoormanCredential.isField($0) ? $0 : nil
    }
  }

  init?(_ section: inout Section) {
    let port = section.port("port") ?? Port(DoormanCredential.standardPort)
    let group = section.requiredText("group", Self.group)
    let secret = section.requiredText("secret", .path)
    section.require("ports")
    let ports = section.ports("ports", DoormanCredential.portCounts) ?? []
    let networks = section.texts("networks", .prefix, 1...DoormanCredential.networkCounts.upperBound)?.map(\.value) ?? []
    guard let port, let group, let secret else { return nil }
    self.init(port: port, group: group, secret: secret, ports: ports, networks: networks)
  }

  /// A datagram names its group and nothing else: two keys of one group could not be told apart.
  static func complainAboutSharedGroups(_ users: [Configuration.User], _ section: Section) {
    var holders: [String: String] = [:]
    for user in users {
      for key in user.keys {
        guard case .doorman(let doorman) = key.form else { continue }
        let holder = "\(user.name.value)/\(key.name.value)"
        if let other = holders.updateValue(holder, forKey: doorman.group.value) {
          section.complain("this group is already that of \(other)", at: doorman.group.position)
        }
      }
    }
  }
}

extension Compiler {
  func doorman(_ key: Configuration.DoormanKey) -> DoormanCredential {
    DoormanCredential(
      port: key.port, group: key.group.value, secret: secretText(key.secret, DoormanCredential.secretLengths), ports: key.ports,
      networks: key.networks)
  }
}

extension Section {
  /// A port as an integer.
  mutating func port(_ key: String) -> Port? {
    integer(key, in: 1...65_535).flatMap { Port(UInt16(clamping: $0.value)) }
  }

  /// Ports as integers, none of them twice.
  mutating func ports(_ key: String, _ counts: ClosedRange<Int>) -> [Port]? {
    integers(key, in: 1...65_535, counts)?.compactMap { Port(UInt16(clamping: $0.value)) }
  }
}
