// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternTables

extension Configuration {
  /// `[os-signatures]`: what the SYNs of systems look like that the gate does not know by itself.
  package struct Systems: Sendable {
    package let signatures: [SystemSignature]
  }
}

extension Configuration.Systems {
  init(_ section: inout Section) {
    var signatures: [SystemSignature] = []
    for system in OperatingSystem.allCases {
      let patterns = section.texts(system.description, .synPattern, 1...TableLimits.signatures) ?? []
      signatures += patterns.map { SystemSignature(system, $0.value) }
    }
    if signatures.count > TableLimits.signatures {
      section.complain("[os-signatures] holds \(signatures.count) signatures, at most \(TableLimits.signatures) are possible")
    }
    self.init(signatures: signatures)
  }
}

extension SystemDemand {
  /// The keys `os` and `os-unknown` of a door; nil where it demands none. `isHeld` where the door holds first packets.
  init?(_ section: inout Section, isHeld: Bool) {
    let systems = section.texts("os", .operatingSystem, 1...OperatingSystem.allCases.count)
    let unknown = section.text("os-unknown", .oneOf([("refuse", false), ("allow", true)]))
    guard let systems else {
      if let unknown { section.complain("\"os-unknown\" is of no use without \"os\"", at: unknown.position) }
      return nil
    }
    let allowsUnknown = unknown?.value ?? false
    self.init(
      OperatingSystems(systems.map { OperatingSystems($0.value) }), allowsUnknown: allowsUnknown,
      awaitsFirstPacket: isHeld && !allowsUnknown)
  }
}

extension TextForm<OperatingSystem> {
  static var operatingSystem: TextForm { .oneOf(OperatingSystem.allCases.map { ($0.description, $0) }) }
}

extension TextForm<SynPattern> {
  static var synPattern: TextForm {
    TextForm("a signature like \"*:64:0:*:mss*44,7:mss,sok,ts,nop,ws:df,id+:0\"") { SynPattern($0) }
  }
}
