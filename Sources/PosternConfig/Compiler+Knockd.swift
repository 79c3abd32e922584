// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

extension Compiler {
  func knockd(_ key: Configuration.KnockdKey) -> KnockdCredential {
    KnockdCredential(
      sequences: sequences(key), timeout: key.timeout, targets: key.targets,
      ignoresRetransmissions: key.ignoresRetransmissions)
  }

  private func sequences(_ key: Configuration.KnockdKey) -> KnockdCredential.Sequences {
    switch key.sequences {
    case .always(let steps): .always(steps)
    case .oneTime(let lines): .oneTime(lines)
    case .file(let file): .oneTime(lines(of: file, key.flags))
    }
  }

  /// None after a complaint.
  private func lines(of file: Located<String>, _ flags: TCPFlagTest) -> [KnockdCredential.Line] {
    guard let text = secretText(file) else { return [] }
    let lines = KnockdLines(text, flags: flags).lines
    if !KnockdCredential.lineCounts.contains(lines.count) {
      let most = KnockdCredential.lineCounts.upperBound
      complaints.add("\(file.value.quoted) holds \(lines.count) unused sequences; 1 to \(most) are possible", at: file.position)
    }
    return lines
  }
}
