// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// Tells from a SYN which systems may have sent it.
package struct SystemTable: Sendable {
  private let signatures: [SystemSignature]

  /// The known systems and the signatures of the configuration.
  package init(_ tables: GateTables) { signatures = KnownSystems.signatures + tables.signatures }

  /// Empty for a SYN that no signature knows.
  package func systems(of syn: SynSignature) -> OperatingSystems {
    var found: OperatingSystems = []
    for signature in signatures where !found.contains(OperatingSystems(signature.system)) && signature.pattern.fits(syn) {
      found.formUnion(OperatingSystems(signature.system))
    }
    return found
  }
}
