// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternKnock
import PosternWire

/// Texts and a fake world that the tests of this folder share.
enum Samples {
  static let key1 = Base64.encode(Array(repeating: 0x11, count: 32))
  static let key2 = Base64.encode(Array(repeating: 0x22, count: 32))

  static let minimal = """
    version = 1
    [gateway]
    key = "gateway.key"
    [doors.ssh]
    ports = ["tcp/22"]
    [users.alice]
    doors = ["ssh"]
    [users.alice.keys.laptop]
    public = "\(key1)"
    psk = "alice-laptop.psk"
    """

  /// The beginning of a text that goes on with the fields of one key of alice's.
  static let oneKey = """
    version = 1
    [gateway]
    key = "gateway.key"
    [doors.ssh]
    ports = ["tcp/22"]
    [users.alice]
    doors = ["ssh"]
    [users.alice.keys.a]

    """

  /// The same where knocks may be keyed and open for the address that they come from.
  static let oneKeyOfPackets =
    oneKey
    .replacing(
      "ports = [\"tcp/22\"]\n",
      with: """
        ports = ["tcp/22"]
        packet-source = true
        weakest = "keyed"
        allow-weak = "an observer can repeat these knocks"

        """
    )
    .replacing("doors = [\"ssh\"]\n", with: "doors = [\"ssh\"]\npacket-source = true\n")

  static let full = """
    version = 1
    [gateway]
    keys = [ { file = "gateway.key", until = "2027-01-01T00:00:00Z" }, { file = "next.key" } ]
    admission = "admission.key"
    clock = "trusted"
    [capture]
    groups = [5, 6]
    [state]
    directory = "/var/lib/other"
    [audit]
    file = "-"
    [control]
    socket = "/run/other"
    [limits]
    key-burst = 1000
    key-refill = "10ms"
    grants-per-minute = 600
    leases-per-door = 16
    curve-budget = 5000
    [doors.ssh]
    table = "ip filter"
    set4 = "ssh4"
    ports = ["tcp/22", "udp/60001"]
    lease = "1m"
    longest = "2h"
    packet-source = true
    link-local = true
    [doors.web]
    set4 = ""
    ports = ["tcp/443"]
    weakest = "plain"
    allow-weak = "an observer can repeat these knocks"
    [users.alice]
    doors = ["web", "ssh"]
    default = "ssh"
    longest = "30m"
    packet-source = true
    sources = ["192.0.2.0/24", "2001:db8::/32"]
    not-before = 2026-01-01T00:00:00Z
    not-after = "2028-01-01T00:00:00Z"
    [users.alice.keys.laptop]
    public = "\(key1)"
    psk = "alice-laptop.psk"
    [users.alice.keys.phone]
    public = "\(key2)"
    psk-none = true
    not-after = "2026-06-01T00:00:00.5Z"
    [users.bob]
    doors = ["web"]
    """

  static func configuration(_ text: String) throws(ConfigFailure) -> Configuration {
    try Configuration(parsing: Array(text.utf8), file: "p.toml")
  }

  /// The rendered errors of a text; none when it is accepted.
  static func errors(_ text: String) -> String {
    do throws(ConfigFailure) {
      _ = try configuration(text)
      return ""
    } catch {
      return error.description
    }
  }

  /// The rendered errors of reading or compiling a text; none when it is accepted.
  static func compileErrors(_ text: String, _ world: World = world()) -> String {
    do throws(ConfigFailure) {
      _ = try configuration(text).compiled(with: world)
      return ""
    } catch {
      return error.description
    }
  }

  static func filled(_ byte: UInt8) -> Bytes32 {
    Bytes32(high: Bytes16(high: word(byte), low: word(byte)), low: Bytes16(high: word(byte), low: word(byte)))
  }
  private static func word(_ byte: UInt8) -> UInt64 { UInt64(byte) * 0x0101_0101_0101_0101 }

  struct NoSuchFile: Error, CustomStringConvertible { let description = "no such file" }

  /// Private keys are one byte repeated; the public key is its complement; hashes keep the first 32 bytes.
  static let secrets: [String: UInt8] = [
    "gateway.key": 0xA0, "next.key": 0xA1, "admission.key": 0xB0, "alice-laptop.psk": 0xC0, "zero.psk": 0, "bad.key": 0xFF,
  ]
  /// Private files of any content.
  static let texts: [String: String] = [
    "passphrase": "open sesame", "short": "abc", "sequences": "# list\n 7000,8000\n\n9:udp\n", "used": "#1,2\n#3,4\n",
  ]

  static func world(doorID: @escaping (Name) -> DoorID = { DoorID(UInt64($0.description.utf8.first ?? 0)) }) -> World {
    World(
      absolute: { path, _ in path },
      secret: { path in
        guard let byte = secrets[path] else { throw NoSuchFile() }
        return filled(byte)
      },
      secretText: { path in
        guard let text = texts[path] else { throw NoSuchFile() }
        return Array(text.utf8)
      },
      publicKey: { $0 == filled(0xFF) ? nil : Bytes32($0.array.map { ~$0 }) }, agrees: { $1 != filled(1) }, doorID: doorID,
      sha256: { Bytes32(Array($0.prefix(32)) + Array(repeating: 0, count: max(0, 32 - $0.count))) ?? .zero },
      groupID: { ["postern": 200, "staff": 50][$0] })
  }
}

extension Configuration.ClientKey {
  var spa: Configuration.SPAKey? { if case .spa(let key) = form { key } else { nil } }
}
