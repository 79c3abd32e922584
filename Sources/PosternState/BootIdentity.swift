// SPDX-License-Identifier: Apache-2.0
import Glibc
package import PosternWire

/// Which machine this is and which of its boots: what a replay ring is checked against.
package struct BootIdentity: Hashable, Sendable {
  package let boot: Bytes16
  /// Zeros where the machine has no id.
  package let machine: Bytes16

  /// Reads random(4)'s boot_id and machine-id(5). Throws `noBootID` without a boot id, since every boot would look like the last.
  package init(
    bootPath: String = "/proc/sys/kernel/random/boot_id", machinePath: String = "/etc/machine-id"
  ) throws(StateError) {
    guard let boot = Self.id(try Self.text(bootPath)), boot != .zero else { throw .noBootID }
    self.boot = boot
    machine = (try? Self.text(machinePath)).flatMap(Self.id) ?? .zero
  }

  /// Thirty-two hexadecimal digits, hyphens and a final newline left out of account.
  private static func id(_ text: [UInt8]) -> Bytes16? {
    let digits = text.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "\n") }
    return Hex.decode(String(decoding: digits, as: UTF8.self)).flatMap { Bytes16($0) }
  }

  private static func text(_ path: String) throws(StateError) -> [UInt8] {
    let descriptor = try SystemCall.open(path, O_RDONLY)
    defer { SystemCall.close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = try SystemCall.read(descriptor, into: &buffer, at: 0)
    return Array(buffer[..<count])
  }
}
