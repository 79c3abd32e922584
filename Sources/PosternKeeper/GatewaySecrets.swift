// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
import PosternWire

/// The gateway's keys or its admission secrets, in words for operators: which is on its way out, and when.
package struct GatewaySecrets: Hashable, Sendable {
  /// How long before its end a secret is spoken of.
  private static let notice = Timestamp.Span.seconds(14 * 86_400)

  package let kind: String
  private let secrets: [KeeperTables.GatewaySecret]

  package static func keys(_ tables: KeeperTables) -> GatewaySecrets {
    GatewaySecrets(kind: "gateway key", secrets: tables.gatewayKeys)
  }

  package static func admissions(_ tables: KeeperTables) -> GatewaySecrets {
    GatewaySecrets(kind: "admission secret", secrets: tables.admissions)
  }

  /// What a knock with this secret says of its sender's profile: `current`, `old` (it ends, and another lasts longer), `ended`,
  /// or `removed`.
  package func word(_ fingerprint: UInt64, at now: Timestamp) -> String {
    guard let secret = secrets.first(where: { $0.fingerprint == fingerprint }) else { return "removed" }
    guard secret.validity.contains(now) else { return "ended" }
    return secrets.contains { $0.validity.outlasts(secret.validity) } ? "old" : "current"
  }

  /// How a secret is named where there is little room: of a gateway key, the start of its public key in base64.
  package static func label(_ fingerprint: UInt64) -> String {
    Base64.encode(Array(Hex.decode(Hex.encode(fingerprint))?.prefix(6) ?? []))
  }

  /// A sentence for each secret that has ended or ends soon.
  package func warnings(at now: Timestamp) -> [String] {
    secrets.compactMap { secret in
      guard let end = secret.validity.notAfter, end < now + Self.notice else { return nil }
      return "\(kind) \(secret.file) \(end <= now ? "ended" : "ends") \(end.rfc3339)"
    }
  }

  /// The sentences of keys and admission secrets.
  package static func warnings(_ tables: KeeperTables, at now: Timestamp) -> [String] {
    [keys(tables), admissions(tables)].flatMap { $0.warnings(at: now) }
  }

  /// Whether there are secrets, and none counts any more: nobody can knock.
  package func areOver(at now: Timestamp) -> Bool { !secrets.isEmpty && secrets.allSatisfy { !$0.validity.contains(now) } }
}

extension Validity {
  fileprivate func outlasts(_ other: Validity) -> Bool {
    guard let end = other.notAfter else { return false }
    return notAfter.map { $0 > end } ?? true
  }
}
