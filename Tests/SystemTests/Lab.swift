// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation
import Glibc
import PosternCrypto
import PosternKnock
import PosternProtocols
import PosternWire

/// Two hosts in namespaces of their own, joined by a link: a gateway with a ruleset of `nft/` and a client. The gateway runs the real
/// daemons with one door, `ssh`, and one user, alice, whose device `laptop` the test plays.
///
/// Names carry the process id and a number, and everything goes away with `down()`.
final class Lab {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let binaries = ProcessInfo.processInfo.environment["POSTERN_BINARIES"] ?? root + "/.build/release"

  /// Why there can be no lab here; nil when there can.
  static let obstacle: String? = {
    for name in ["posternd", "postern-gate", "postern-runner", "postern", "posternctl"]
    where unsafe access("\(binaries)/\(name)", X_OK) != 0 {
      return "no \(name) in \(binaries): build release first"
    }
    guard geteuid() == 0 else { return "needs root, or a user namespace (deploy/test makes one)" }
    let probe = "postern-probe-\(getpid())"
    guard (try? Shell.run(["ip", "netns", "add", probe]))?.status == 0 else { return "cannot make network namespaces" }
    _ = try? Shell.run(["ip", "netns", "delete", probe])
    return nil
  }()

  nonisolated(unsafe) private static var labs = 0

  let gateway: String
  let client: String
  let directory: String
  let door = "ssh"
  let profile: SPAProfile
  let encoder: SPAEncoder
  private let options: Options
  let gatewayV4 = "10.77.0.1"
  let clientV4 = "10.77.0.2"
  let clientV6 = "fd77::2"
  private(set) var daemon: Process?

  struct Options {
    var lease = "30s"
    var clock = "trusted"
    var keyBurst = 10_000
    var leasesPerDoor = 8
    var extra = ""
    /// Further lines of the sections; PLACE stands for the lab's directory.
    var control = ""
    var audit = "journal = false"
    /// Files of `nft/`, in the order in which they are loaded.
    var rules = ["postern.nft"]
    /// Where the doors' sets are.
    var table = "inet postern"
    var ports = ["tcp/22"]
    var doors = ["ssh"]
    /// The gateway's interface towards the client.
    var link = "gate0"
  }

  init(_ options: Options = Options()) throws {
    self.options = options
    unsafe Self.labs += 1
    let number = "\(getpid())-\(unsafe Self.labs)"
    gateway = "postern-gw-\(number)"
    client = "postern-client-\(number)"
    directory = NSTemporaryDirectory() + "postern-lab-\(number)"
    let gatewayKey = try Randomness.bytes32()
    let gatewayPublic = try X25519PrivateKey(gatewayKey).publicKey
    profile = SPAProfile(
      clientPrivateKey: try Randomness.bytes32(), presharedKey: try Randomness.bytes32(), gatewayPublicKey: gatewayPublic,
      admission: try Randomness.bytes32())
    encoder = try SPAEncoder(profile)
    do {
      try FileManager.default.createDirectory(atPath: directory + "/etc", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: directory + "/etc/postern", withDestinationPath: Self.root + "/nft")
      try network()
      try configure(options, gatewayKey: gatewayKey)
    } catch {
      down()
      throw error
    }
  }

  deinit { down() }

  // MARK: Hosts

  private func network() throws {
    for name in [gateway, client] { try Shell.must(["ip", "netns", "add", name]) }
    try Shell.must(["ip", "-n", gateway, "link", "add", options.link, "type", "veth", "peer", "name", "client0", "netns", client])
    try host(gateway, options.link, [1])
    try host(client, "client0", [2, 3])
    try loadRules()
  }

  private func host(_ namespace: String, _ interface: String, _ numbers: [Int]) throws {
    for number in numbers {
      try Shell.must(["ip", "-n", namespace, "address", "add", "10.77.0.\(number)/16", "dev", interface])
      // Only the first is chosen as a source by itself.
      let preference = number == numbers.first ? [] : ["preferred_lft", "0"]
      try Shell.must(
        ["ip", "-n", namespace, "address", "add", "fd77::\(number)/64", "dev", interface, "nodad"] + preference)
    }
    try Shell.must(["ip", "-n", namespace, "link", "set", "lo", "up"])
    try Shell.must(["ip", "-n", namespace, "link", "set", interface, "up"])
  }

  func loadRules() throws { for file in options.rules { try loadRules(Self.root + "/nft/" + file) } }

  /// The directory after -I stands for the /etc of a host that has postern.nft where debian-nftables.conf includes it.
  func loadRules(_ path: String) throws { try Shell.must(nft(["-I", directory + "/etc", "-f", path])) }

  func nft(_ words: [String]) -> [String] { at(gateway, ["nft"] + words) }

  func at(_ namespace: String, _ words: [String]) -> [String] { ["nsenter", "--net=/run/netns/\(namespace)", "--"] + words }

  func down() {
    stop()
    for name in [client, gateway] { _ = try? Shell.run(["ip", "netns", "delete", name]) }
    try? FileManager.default.removeItem(atPath: directory)
  }

  // MARK: Configuration

  private func configure(_ options: Options, gatewayKey: Bytes32) throws {
    try secret("gateway.key", gatewayKey)
    try secret("admission.key", profile.admission)
    try secret("laptop.psk", profile.presharedKey)
    try secret("laptop.key", profile.clientPrivateKey)
    let text = """
      version = 1
      [gateway]
      key = "gateway.key"
      admission = "admission.key"
      clock = "\(options.clock)"
      [state]
      directory = "\(directory)"
      [audit]
      file = "\(directory)/audit.jsonl"
      \(options.audit.replacingOccurrences(of: "PLACE", with: directory))
      [control]
      socket = "\(directory)/control"
      \(options.control)
      [limits]
      key-burst = \(options.keyBurst)
      key-refill = "1ms"
      grants-per-minute = 1000000
      leases-per-door = \(options.leasesPerDoor)
      [doors.ssh]
      table = "\(options.table)"
      ports = \(options.ports)
      lease = "\(options.lease)"
      longest = "1h"
      packet-source = true
      [users.alice]
      doors = \(options.doors)
      default = "\(options.doors[0])"
      packet-source = true
      [users.alice.keys.laptop]
      public = "\(Base64.encode(encoder.clientPublicKey.array))"
      psk = "laptop.psk"
      \(options.extra)
      """
    try text.write(toFile: directory + "/postern.toml", atomically: true, encoding: .utf8)
    let client = """
      gateway = \(gatewayV4), fd77::1
      gateway-key = \(Base64.encode(profile.gatewayPublicKey.array))
      admission = file:admission.key
      private-key = file:laptop.key
      psk = file:laptop.psk
      """
    try client.write(toFile: directory + "/client.profile", atomically: true, encoding: .utf8)
  }

  private func secret(_ name: String, _ bytes: Bytes32) throws {
    let path = directory + "/" + name
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data((Base64.encode(bytes.array) + "\n").utf8), attributes: [.posixPermissions: 0o600])
    else { throw Shell.Failure(description: "cannot write \(path)") }
  }

  /// Rewrites a file of the lab's directory.
  func edit(_ name: String, _ change: (String) -> String) throws {
    let path = directory + "/" + name
    let old = try String(contentsOfFile: path, encoding: .utf8)
    let new = change(old)
    guard new != old else { throw Shell.Failure(description: "nothing to change in \(name)") }
    try new.write(toFile: path, atomically: true, encoding: .utf8)
  }

  // MARK: Daemon

  /// Starts the daemon and waits until its gate is ready.
  func start(newGateway: Bool = true) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = at(
      gateway, ["\(Self.binaries)/posternd", "-c", directory + "/postern.toml"] + (newGateway ? ["--new-gateway"] : []))
    let log = directory + "/posternd.log"
    if !FileManager.default.fileExists(atPath: log) { _ = FileManager.default.createFile(atPath: log, contents: nil) }
    let handle = FileHandle(forWritingAtPath: log)
    try handle?.seekToEnd()
    process.standardError = handle
    process.standardOutput = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    daemon = process
    guard Shell.wait(seconds: 20, { status()?.gate == "ready" || !process.isRunning }), process.isRunning else {
      throw Shell.Failure(description: "posternd did not start: \(self.log)")
    }
  }

  func stop() {
    guard let daemon, daemon.isRunning else { return }
    daemon.terminate()
    daemon.waitUntilExit()
  }

  func killKeeper() {
    guard let daemon, daemon.isRunning else { return }
    kill(daemon.processIdentifier, SIGKILL)
    daemon.waitUntilExit()
  }

  /// Kills the gate, if there is one right now.
  func killGate() {
    if let gate = status()?.gatePID, gate > 0 { kill(gate, SIGKILL) }
  }

  /// Waits for a gate that is ready and not `old`. One answer says both: between two, the old gate can be noticed as gone.
  func hasNewGate(after old: Int32, seconds: Double = 5) -> Bool {
    Shell.wait(seconds: seconds) { status().map { $0.gate == "ready" && $0.gatePID != old } == true }
  }

  var keeperPID: Int32 { daemon?.processIdentifier ?? 0 }
  var log: String { (try? String(contentsOfFile: directory + "/posternd.log", encoding: .utf8)) ?? "" }

  struct Status: Decodable {
    var gate: String
    var gatePID: Int32
    var restarts: Int
    var gates: [String]
    var leases: Int
    var counters: [String]
    var refused: [String]
    var alarms: [String]
    var followers: Int
    var auditLost: Int
    var journalDropped: Int

    enum CodingKeys: String, CodingKey {
      case gate, gates, leases, counters, refused, alarms, followers
      case auditLost = "audit-lost"
      case journalDropped = "journal-dropped"
      case gatePID = "gate-pid"
      case restarts = "gate-restarts"
    }

    func refused(_ denial: Denial) -> Int { Self.value(denial.description, in: refused) }
    func counter(_ name: String) -> Int { Self.value(name, in: counters) }

    private static func value(_ name: String, in list: [String]) -> Int {
      list.first { $0.hasPrefix(name + " ") }.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }
  }

  /// Nil while nobody answers.
  func status() -> Status? {
    guard let answer = ask("status")?.first else { return nil }
    return try? JSONDecoder().decode(Status.self, from: Data(answer.utf8))
  }

  /// Puts one request on the control socket; answers the lines, nil when nobody is there.
  func ask(_ request: String) -> [String]? {
    let number = unsafe support_unix_connect(directory + "/control")
    guard number >= 0 else { return nil }
    defer { close(number) }
    let line = Array((request + "\n").utf8)
    guard unsafe Glibc.write(number, line, line.count) == line.count else { return nil }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = unsafe read(number, &buffer, buffer.count)
      guard count > 0 else { break }
      answer += buffer.prefix(count)
    }
    return String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The audit's lines, parsed.
  func audit() -> [[String: Any]] {
    let text = (try? String(contentsOfFile: directory + "/audit.jsonl", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
  }

  func auditEvents(_ event: String) -> [[String: Any]] { audit().filter { $0["event"] as? String == event } }

  // MARK: Sets

  private func words(_ set: String) -> [String] { options.table.split(separator: " ").map(String.init) + [set] }

  /// The set as nft prints it.
  func list(_ set: String) throws -> String {
    try Shell.must(nft(["list", "set"] + words(set)))
  }

  struct Element: Equatable {
    var address: String
    var timeout: Int
    var expires: Int
    var comment: String?
  }

  /// The set as `nft -j` tells it, seconds rounded down.
  func elements(_ set: String) throws -> [Element] {
    let text = try Shell.must(nft(["-j", "list", "set"] + words(set)))
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let items = object?["nftables"] as? [[String: Any]] ?? []
    let stored = items.compactMap { $0["set"] as? [String: Any] }.first?["elem"] as? [[String: Any]] ?? []
    return stored.compactMap { item in
      guard let element = item["elem"] as? [String: Any] else { return nil }
      let parts = (element["val"] as? [String: Any])?["concat"] as? [Any]
      guard let address = (parts?.first ?? element["val"]) as? String else { return nil }
      return Element(
        address: address, timeout: element["timeout"] as? Int ?? 0, expires: element["expires"] as? Int ?? 0,
        comment: element["comment"] as? String)
    }
  }

  func isOpen(_ address: String) throws -> Bool {
    try elements(address.contains(":") ? "door6" : "door4").contains { $0.address == address }
  }

  // MARK: Knocks

  /// What the client's `postern` does with the lab's profile.
  func postern(_ words: [String], under: [String] = [], profile: String = "client.profile") throws -> Shell.Result {
    let command = ["env", "HOME=" + directory] + under + ["\(Self.binaries)/postern", words[0]]
    return try Shell.run(at(client, command + ["--profile", directory + "/" + profile] + words.dropFirst()))
  }

  /// Now, by a client's clock that is this many seconds ahead; the clock counts nanoseconds, so no two are the same.
  func freshStamp(skew: Double = 0) -> Timestamp {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    let now = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    return Timestamp(nanoseconds: UInt64(Int64(now) + Int64(skew * 1e9)))
  }

  /// A knock for these addresses, at the user's default door where none is named.
  func knock(
    _ v4: String? = "10.77.0.2", _ v6: String? = nil, lease: UInt32 = 0, action: Knock.Action = .open, stamp: Timestamp? = nil,
    door: String? = nil
  ) throws -> [UInt8] {
    let request = SPARequest(
      action: action, door: door.flatMap { Name($0) },
      ipv4: v4.flatMap { IPv4Address($0) }.map { .named($0, port: nil) } ?? .none,
      ipv6: v6.flatMap { IPv6Address($0) }.map { .named($0, port: nil) } ?? .none, wishedLease: lease,
      stamp: stamp ?? freshStamp(), totp: nil)
    guard let request else { throw Shell.Failure(description: "not a request") }
    return try encoder.encode(request)
  }

  /// A UDP socket of the client, connected to the gateway's knock port.
  func sender(from address: String? = nil, port: UInt16 = 62201) throws -> Sender {
    try Sender(
      namespace: client, from: address ?? clientV4, to: (address ?? "").contains(":") ? "fd77::1" : gatewayV4, port: port)
  }

  /// Whether the client gets through to port 22 within the time.
  func connects(_ address: String? = nil, milliseconds: Int32 = 400) -> Bool {
    guard let stream = connect(address, milliseconds: milliseconds) else { return false }
    close(stream)
    return true
  }

  /// A connection of the client to port 22, nil when none comes about within the time.
  func connect(_ address: String? = nil, milliseconds: Int32 = 400) -> Int32? {
    let number = unsafe support_connect_in("/run/netns/" + client, address ?? gatewayV4, 22, milliseconds)
    return number >= 0 ? number : nil
  }

  /// A listener on a port of the gateway, both families.
  func listen(port: UInt16 = 22) throws -> Int32 {
    let number = unsafe support_listen_in("/run/netns/" + gateway, port)
    guard number >= 0 else { throw Shell.Failure(description: "cannot listen in \(gateway)") }
    return number
  }

  /// Resident memory of a process in KiB.
  static func resident(_ pid: Int32) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
  }
}

/// A connected UDP socket inside a namespace, or one for whole packets.
final class Sender: Sendable {
  private let number: Int32

  init(namespace: String, from: String, to: String, port: UInt16) throws {
    number = unsafe support_udp_in("/run/netns/" + namespace, from, to, port)
    guard number >= 0 else { throw Shell.Failure(description: "cannot open a socket in \(namespace)") }
  }

  /// Takes whole IP packets.
  init(namespace: String, packetsTo target: String) throws {
    number = unsafe support_packets_in("/run/netns/" + namespace, target)
    guard number >= 0 else { throw Shell.Failure(description: "cannot open a packet socket in \(namespace)") }
  }

  deinit { close(number) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool { unsafe write(number, bytes, bytes.count) == bytes.count }

  /// The bytes `count` times, as fast as the socket takes them, the last four counting up.
  func flood(_ bytes: [UInt8], count: Int) { unsafe support_flood(number, bytes, bytes.count, Int32(count)) }
}
