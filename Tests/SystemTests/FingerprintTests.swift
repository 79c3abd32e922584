// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import PosternWire
import Testing

/// Doors that demand the operating system of a first SYN, with SYNs of the kernel that runs: it is a Linux, whatever it pretends.
extension SystemSuite {
  @Suite struct FingerprintTests {
    private static let sequences = """
      [doors.linux]
      ports = ["tcp/22"]
      packet-source = true
      weakest = "plain"
      allow-weak = "an observer can repeat these knocks"
      os = ["linux", "openbsd"]
      [doors.windows]
      ports = ["tcp/22"]
      packet-source = true
      weakest = "plain"
      allow-weak = "an observer can repeat these knocks"
      os = ["windows", "macos", "freebsd", "openbsd", "solaris"]
      [users.anyone]
      doors = ["linux", "windows"]
      default = "linux"
      packet-source = true
      [users.anyone.keys.linux]
      protocol = "knockd"
      sequence = ["tcp/7000", "udp/8000", "tcp/9000"]
      flags = ["syn", "!ack"]
      door = "linux"
      [users.anyone.keys.windows]
      protocol = "knockd"
      sequence = ["tcp/9000", "udp/8000", "tcp/7000"]
      flags = ["syn", "!ack"]
      door = "windows"
      [users.anyone.keys.datagrams]
      protocol = "knockd"
      sequence = ["tcp/7000", "tcp/9000", "udp/8000"]
      door = "linux"
      """

    private func place(_ extra: String = sequences, rules: [String] = ["examples/sequences.nft"]) throws -> Lab {
      var options = Lab.Options()
      options.rules += rules
      options.extra = extra
      return try Lab(options)
    }

    private func knock(_ lab: Lab, _ gateway: String, _ ports: [String]) throws {
      let run = try Shell.run(
        lab.at(lab.client, ["\(Lab.binaries)/postern", "knock", "--protocol", "knockd", "-d", "10", gateway] + ports))
      #expect(run.status == 0, "\(run.errors)")
    }

    /// The last packet of a sequence is a SYN of this kernel: connect(2) sends it.
    @Test(arguments: [("10.77.0.1", "10.77.0.2"), ("fd77::1", "fd77::2")])
    func theSYNThatCarriesAKnock(_ gateway: String, _ client: String) throws {
      let lab = try place()
      defer { lab.down() }
      try lab.start()
      try knock(lab, gateway, ["9000", "8000:udp", "7000"])
      #expect(Shell.wait { lab.status()?.refused(.wrongSystem) == 1 }, "\(lab.status()?.refused ?? [])")
      #expect(Shell.wait { lab.auditEvents("refusal").last?["reason"] as? String == "wrong-system" })
      try knock(lab, gateway, ["7000", "9000", "8000:udp"])
      #expect(Shell.wait { lab.status()?.refused(.systemUnknown) == 1 }, "a datagram shows no system")
      #expect(try !lab.isOpen(client))
      try knock(lab, gateway, ["7000", "8000:udp", "9000"])
      #expect(Shell.wait { (try? lab.isOpen(client)) == true }, "\(lab.status()?.refused ?? [])")
    }

    // MARK: Held first packets

    /// A lab whose own door holds first packets and demands these systems.
    private func held(_ systems: String, _ body: (Lab) throws -> Void) throws {
      let lab = try Lab()
      defer { lab.down() }
      try Hold.install(in: lab, hold: "300ms")
      try lab.edit("postern.toml") { $0.replacing("hold = \"300ms\"", with: "hold = \"300ms\"\nos = \(systems)") }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      try withExtendedLifetime(listener) { try body(lab) }
    }

    @Test(.enabled(if: Hold.obstacle == nil, Comment(rawValue: Hold.obstacle ?? "")), arguments: ["10.77.0.1", "fd77::1"])
    func aHeldSYNShowsTheSystem(_ target: String) throws {
      try held("[\"linux\"]") { lab in
        let isV6 = target.contains(":")
        let sender = try lab.sender(from: isV6 ? lab.clientV6 : lab.clientV4)
        let client = isV6 ? lab.clientV6 : lab.clientV4
        for round in 0..<20 {
          sender.send(try lab.knock(isV6 ? nil : lab.clientV4, isV6 ? lab.clientV6 : nil))
          // Later ones have a SYN that was seen less than two seconds ago.
          if round == 0 {
            usleep(50_000)
            #expect(try !lab.isOpen(client), "nothing opens before the first packet")
          }
          #expect(lab.connects(target, milliseconds: 900), "round \(round): by its first SYN")
          try Hold.shut(lab)
        }
        #expect(lab.auditEvents("grant").count == 20)
        let run = try lab.postern(["connect", "--verbose", target, "22"], under: ["timeout", "-s", "KILL", "3"])
        #expect(run.errors.contains("connected"), "\(run.errors)")
      }
    }

    @Test(.enabled(if: Hold.obstacle == nil, Comment(rawValue: Hold.obstacle ?? "")))
    func aHeldSYNOfAnotherSystem() throws {
      try held("[\"windows\", \"macos\"]") { lab in
        let sender = try lab.sender()
        sender.send(try lab.knock())
        #expect(!lab.connects(milliseconds: 900))
        #expect(Shell.wait { lab.status()?.refused(.wrongSystem) == 1 }, "\(lab.status()?.refused ?? [])")
        try Hold.shut(lab)
        sender.send(try lab.knock())
        #expect(Shell.wait(seconds: 5) { lab.status()?.refused(.systemUnknown) == 1 }, "no first packet came")
        #expect(try lab.elements("door4").isEmpty && Hold.waiting(lab) == 0)
        #expect(lab.auditEvents("refusal").compactMap { $0["reason"] as? String } == ["wrong-system", "system-unknown"])
      }
    }

    /// A gate that goes leaves no knock in the dark.
    @Test(.enabled(if: Hold.obstacle == nil, Comment(rawValue: Hold.obstacle ?? "")))
    func aReloadEndsTheWait() throws {
      try held("[\"linux\"]") { lab in
        let gate = lab.status()?.gatePID ?? 0
        try lab.sender().send(try lab.knock())
        usleep(100_000)
        _ = lab.ask("reload")
        #expect(lab.hasNewGate(after: gate))
        #expect(Shell.wait { lab.auditEvents("refusal").last?["reason"] as? String == "system-unknown" })
      }
    }

    // MARK: The kernel's own

    @Test(.enabled(if: Fingerprints.obstacle == nil, Comment(rawValue: Fingerprints.obstacle ?? "")))
    func rulesWithTheKernelsFingerprints() throws {
      let lab = try place("", rules: ["examples/fingerprint.nft"])
      defer { lab.down() }
      try lab.start()
      let listener = try Listener(in: lab.gateway, 22)
      let lines = try Fingerprints.lines(of: "Linux")
      #expect(lines.count == 3)
      try lab.sender().send(try lab.knock(lab.clientV4, lab.clientV6))
      #expect(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true && (try? lab.isOpen(lab.clientV6)) == true })
      #expect(try Fingerprints.load(lines).status == 0)
      defer { _ = try? Fingerprints.load(lines, removes: true) }
      withExtendedLifetime(listener) {
        #expect(lab.connects(), "this kernel is a Linux")
        #expect(!lab.connects("fd77::1"), "no fingerprints of IPv6")
      }
      let stream = try #require(lab.connect())
      defer { close(stream) }
      // The same door where only others may come in.
      let rules = try String(contentsOfFile: Lab.root + "/nft/examples/fingerprint.nft", encoding: .utf8)
      let others = lab.directory + "/others.nft"
      try rules.replacing("name \"Linux\"", with: "name \"Windows\"").write(toFile: others, atomically: true, encoding: .utf8)
      try lab.loadRules(others)
      withExtendedLifetime(listener) { #expect(!lab.connects(), "and no Windows") }
      #expect(try lab.isOpen(lab.clientV4), "the door was open all the time")
      try lab.loadRules(Lab.root + "/nft/examples/fingerprint.nft")
      withExtendedLifetime(listener) { #expect(lab.connects()) }
    }
  }
}

/// Fingerprints of the kernel's own, which are loaded for all namespaces.
private enum Fingerprints {
  /// A name of its own for these fingerprints, which are the whole kernel's: nothing that was there is changed or taken away.
  private static let mark = "postern-\(getpid())"

  /// Why the kernel's expression cannot be tried; nil when it can.
  static let obstacle: String? = {
    let rule = "table inet probe { chain c { osf name \"Linux\"; }; }"
    guard (try? Shell.run(["unshare", "--net", "nft", "-f", "-"], input: rule))?.status == 0 else {
      return "this kernel's nft has no osf (CONFIG_NFT_OSF)"
    }
    guard (try? load(["S1:1:0:40:.:Probe:1:\(mark):nobody"]))?.status == 0 else {
      return "no fingerprints can be loaded: nfnl_osf (package iptables) needs CAP_NET_ADMIN outside of user namespaces"
    }
    _ = try? load(["S1:1:0:40:.:Probe:1:\(mark):nobody"], removes: true)
    return nil
  }()

  static func load(_ lines: [String], removes: Bool = false) throws -> Shell.Result {
    let path = NSTemporaryDirectory() + mark + ".os"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    return try Shell.run(["nfnl_osf"] + (removes ? ["-d"] : []) + ["-f", path])
  }

  /// The lines that the head of the rules gives, under this test's mark.
  static func lines(of systems: String) throws -> [String] {
    try String(contentsOfFile: Lab.root + "/nft/examples/fingerprint.nft", encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("#   ") && !$0.hasPrefix("#     ") && $0.contains(":\(systems):") }
      .map { line in
        var fields = line.dropFirst(4).split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        fields[7] = mark + fields[7].prefix(6)
        return fields.joined(separator: ":")
      }
  }
}
