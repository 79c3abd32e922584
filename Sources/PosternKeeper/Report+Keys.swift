// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Report {
  /// One line a client key, in the order of the configuration: who, until when, and what his latest accepted knock was made for.
  package static func keys(_ keeper: Keeper, at now: Moment) -> [UInt8] {
    let tables = keeper.rules.tables
    let (gatewayKeys, admissions) = (GatewaySecrets.keys(tables), GatewaySecrets.admissions(tables))
    return tables.keys.flatMap { key -> [UInt8] in
      let user = tables.users[key.user]
      var line = JSONLine()
      line.put("user", user.name.description)
      line.put("key", key.name.description)
      line.put("state", state(key, of: user, at: now.wall))
      if let end = [key.validity.notAfter, user.validity.notAfter].compactMap(\.self).min() { line.put("ends", end.rfc3339) }
      guard let use = keeper.ledger.use(of: key.fingerprint) else {
        line.put("gateway-key", "unknown")
        return line.bytes
      }
      line.put("last-knock", use.lastKnock.rfc3339)
      line.put("gateway-key", gatewayKeys.word(use.gatewayKey, at: now.wall))
      line.put("gateway-key-label", GatewaySecrets.label(use.gatewayKey))
      if use.admission != 0 { line.put("admission", admissions.word(use.admission, at: now.wall)) }
      return line.bytes
    }
  }

  private static func state(_ key: KeeperTables.ClientKey, of user: KeeperTables.User, at now: Timestamp) -> String {
    if user.isDisabled { return "disabled" }
    let begins = [key.validity.notBefore, user.validity.notBefore].compactMap(\.self)
    if begins.contains(where: { $0 > now }) { return "not-yet-valid" }
    guard key.validity.contains(now), user.validity.contains(now) else { return "ended" }
    return user.observesOnly ? "observed" : "valid"
  }
}
