// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Compiler {
  func ports(_ key: Configuration.PortsKey) -> PortsCredential {
    PortsCredential(
      form: portsForm(key), base: key.base, window: key.window, order: key.order, needsSource: key.needsSource)
  }

  private func portsForm(_ key: Configuration.PortsKey) -> PortsCredential.Form {
    switch (key.form, key.secret) {
    case (.plain, _), (_, nil): .plain
    case (.sealed, let file?): .sealed(sealedKey(file))
    case (.legacy, let file?): .legacy(key: secretText(file, PortsCredential.legacyKeyLengths))
    }
  }

  func sadoor(_ key: Configuration.SadoorKey) -> SadoorCredential {
    SadoorCredential(
      form: key.isLegacy
        ? .legacy(key: secretText(key.secret, PortsCredential.legacyKeyLengths)) : .sealed(sealedKey(key.secret)),
      script: key.script, timeout: key.timeout, isGlobal: key.isGlobal, takesEmptyCommand: key.takesEmptyCommand)
  }

  /// The sequence is made for the key's own door, where it has one.
  func rolling(_ key: Configuration.RollingKey, door: Int?) -> RollingCredential {
    RollingCredential(
      secret: sealedKey(key.secret), door: door.map { world.doorID(configuration.doors[$0].name.value) } ?? DoorID(0),
      transport: key.transport, base: key.base, portCount: key.portCount, stepLength: key.stepLength, window: key.window,
      bindsSource: key.bindsSource)
  }
}
