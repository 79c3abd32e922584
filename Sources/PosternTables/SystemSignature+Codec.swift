// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

extension WireReader {
  mutating func systemSignature() throws(WireError) -> SystemSignature {
    guard let system = OperatingSystem(rawValue: try u8()) else { throw .malformed }
    let text = try text(1...SynPattern.textBytes)
    // One form only.
    guard let pattern = SynPattern(text), pattern.description == text else { throw .malformed }
    return SystemSignature(system, pattern)
  }

  mutating func systemDemand() throws(WireError) -> SystemDemand {
    let systems = OperatingSystems(rawValue: try u16())
    guard !systems.isEmpty, systems.isSubset(of: .all) else { throw .malformed }
    return SystemDemand(systems, allowsUnknown: try boolean(), awaitsFirstPacket: try boolean())
  }
}

extension WireWriter {
  mutating func systemSignature(_ signature: SystemSignature) {
    u8(signature.system.rawValue)
    text(signature.pattern.description)
  }

  mutating func systemDemand(_ demand: SystemDemand) {
    u16(demand.systems.rawValue)
    boolean(demand.allowsUnknown)
    boolean(demand.awaitsFirstPacket)
  }
}
