// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables
import PosternWire

/// What a client key's latest accepted knock was made for. Fingerprints, since positions change with the configuration.
package struct KeyUse: Hashable, Sendable {
  package var lastKnock: Timestamp
  package var gatewayKey: UInt64
  /// Zero where the gateway has no admission secret.
  package var admission: UInt64

  package init(lastKnock: Timestamp, gatewayKey: UInt64, admission: UInt64) {
    self.lastKnock = lastKnock
    self.gatewayKey = gatewayKey
    self.admission = admission
  }
}

/// When each client key knocked last, and with which of the gateway's secrets: who still has the old ones while they are replaced.
///
/// It holds one entry a configured key and survives restarts as a small file. It says what the gate says: a gate in other hands may
/// say anything.
package struct KeyLedger: Hashable, Sendable {
  /// Bytes of the file at most.
  package static let byteLimit = 64 + TableLimits.keys * lineLength
  private static let title = "postern keys 1"
  /// Four numbers of sixteen digits, three blanks, a line feed.
  private static let lineLength = 68

  private var uses: [UInt64: KeyUse] = [:]
  /// Some key knocked with other secrets than before: worth writing soon.
  package private(set) var hasNews = false
  /// Something is not in the file yet.
  package private(set) var isChanged = false

  package init() {}

  /// What is known of a client key, by its fingerprint.
  package func use(of key: UInt64) -> KeyUse? { uses[key] }

  package mutating func note(_ use: KeyUse, of key: UInt64) {
    let before = uses.updateValue(use, forKey: key)
    isChanged = true
    if before?.gatewayKey != use.gatewayKey || before?.admission != use.admission { hasNews = true }
  }

  /// Forgets all but these client keys.
  package mutating func keep(only keys: Set<UInt64>) { uses = uses.filter { keys.contains($0.key) } }

  package mutating func markWritten() {
    hasNews = false
    isChanged = false
  }

  /// The ledger as text, one line a client key.
  package func encoded() -> [UInt8] {
    let lines = uses.sorted { $0.key < $1.key }.map { key, use in
      [key, use.lastKnock.nanoseconds, use.gatewayKey, use.admission].map { Hex.encode($0) }.joined(separator: " ")
    }
    return Array((["\(Self.title) \(lines.count)"] + lines).map { $0 + "\n" }.joined().utf8)
  }

  /// Nil for anything but what ``encoded()`` writes.
  package init?(decoding bytes: [UInt8]) {
    guard bytes.count <= Self.byteLimit, bytes.last == UInt8(ascii: "\n") else { return nil }
    let lines = String(decoding: bytes.dropLast(), as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    guard let title = lines.first, title == "\(Self.title) \(lines.count - 1)" else { return nil }
    for line in lines.dropFirst() {
      let words = line.split(separator: " ", omittingEmptySubsequences: false).compactMap { LeaseID($0)?.value }
      guard words.count == 4, line.utf8.count == Self.lineLength - 1 else { return nil }
      uses[words[0]] = KeyUse(lastKnock: Timestamp(nanoseconds: words[1]), gatewayKey: words[2], admission: words[3])
    }
    guard uses.count == lines.count - 1 else { return nil }
  }
}
