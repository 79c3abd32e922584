// SPDX-License-Identifier: Apache-2.0
import PosternState
import PosternWire
import Testing

@Suite struct BootIdentityTests {
  let boot = "00112233-4455-6677-8899-aabbccddeeff\n"

  private func read(_ boot: String, _ machine: String?) throws -> BootIdentity {
    let scratch = try Scratch()
    try scratch.write(Array(boot.utf8), to: "boot")
    if let machine { try scratch.write(Array(machine.utf8), to: "machine") }
    return try BootIdentity(bootPath: scratch.file("boot"), machinePath: scratch.file("machine"))
  }

  @Test func thisMachine() throws {
    let first = try BootIdentity()
    #expect(first.boot != .zero)
    #expect(try BootIdentity() == first)
  }

  @Test func both() throws {
    let identity = try read(boot, "0123456789abcdef0123456789abcdef\n")
    #expect(identity.boot == Bytes16(high: 0x0011_2233_4455_6677, low: 0x8899_aabb_ccdd_eeff))
    #expect(identity.machine == Bytes16(high: 0x0123_4567_89ab_cdef, low: 0x0123_4567_89ab_cdef))
  }

  @Test(arguments: [
    nil, "", "\n", "uninitialized\n", "0123", "0123456789abcdef0123456789abcdef00", "g123456789abcdef0123456789abcdef",
  ])
  func noMachineID(_ text: String?) throws { #expect(try read(boot, text).machine == .zero) }

  @Test(arguments: ["", "\n", "0011", "00000000-0000-0000-0000-000000000000\n"]) func noBootID(_ text: String) {
    #expect(throws: StateError.noBootID) { try read(text, nil) }
  }

  @Test func noBootFile() {
    #expect(throws: StateError.self) { try BootIdentity(bootPath: "/proc/none", machinePath: "/etc/machine-id") }
  }
}
