// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An account of this host.
package struct SystemUser: Hashable, Sendable {
  package let id: UInt32
  package let group: UInt32
  /// All groups that it is a member of.
  package let groups: [UInt32]

  private static let groupLimit: CInt = 64

  /// Nil where there is none of that name. May ask whatever nsswitch.conf(5) names.
  package init?(named name: String) {
    guard let entry = unsafe getpwnam(name) else { return nil }
    let (id, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
    self.init(id: id, group: group, name: name)
  }

  /// Nil where no account has the number.
  package init?(id: UInt32) {
    guard let entry = unsafe getpwuid(id) else { return nil }
    let (group, name) = unsafe (entry.pointee.pw_gid, String(cString: entry.pointee.pw_name))
    self.init(id: id, group: group, name: name)
  }

  private init(id: UInt32, group: UInt32, name: String) {
    self.id = id
    self.group = group
    var count = Self.groupLimit
    var found = [gid_t](repeating: group, count: Int(count))
    let answer = unsafe getgrouplist(name, group, &found, &count)
    groups = answer < 0 ? [group] : Array(found.prefix(Int(count)))
  }

  /// Of this process.
  package static var own: (user: UInt32, group: UInt32) { (geteuid(), getegid()) }

  /// Whether the user namespace of this process knows more users than one: else there is nobody to become.
  package static var hasOthers: Bool {
    guard let file = try? BoundedFile.open("/proc/self/uid_map"), let bytes = try? BoundedFile.read(file, limit: 4096) else {
      return true
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let counts = lines.compactMap { $0.split(separator: " ").last.flatMap { UInt64($0) } }
    return counts.reduce(0, &+) > 1
  }
}
