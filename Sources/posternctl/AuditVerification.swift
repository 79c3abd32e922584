// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternControl
internal import PosternPlatform
internal import PosternWire

/// `events --verify`: says where the audit has gaps.
struct AuditVerification {
  let json: Bool

  func run(_ files: [String]) throws {
    var verifier = AuditVerifier()
    for file in files { try check(file, &verifier) }
    summarise(verifier)
    if verifier.findings > 0 { throw ExitCode(1) }
  }

  private func check(_ file: String, _ verifier: inout AuditVerifier) throws {
    var number = 0
    try AuditFile.read(file) { line in
      number += 1
      guard let finding = verifier.check(line.bytes, isWhole: line.isWhole) else { return }
      Terminal.show([json ? object(finding, file, number) : "\(file):\(number): \(finding)"])
    }
  }

  private func object(_ finding: AuditVerifier.Finding, _ file: String, _ number: Int) -> String {
    var line = JSONLine()
    line.put("file", file)
    line.put("line", number)
    line.put("finding", finding.word)
    line.put("text", finding.description)
    if case .gap(let missing, let told) = finding {
      line.put("first-missing", missing.lowerBound)
      line.put("last-missing", missing.upperBound)
      line.put("told-lost", told)
    }
    return String(decoding: line.bytes.dropLast(), as: UTF8.self)
  }

  private func summarise(_ verifier: AuditVerifier) {
    guard !json else { return }
    let range = verifier.first.flatMap { first in verifier.last.map { ", from \(first.sequence) to \($0.sequence)" } } ?? ""
    let verdict = verifier.findings == 0 ? "nothing is missing" : "\(verifier.findings) findings"
    Terminal.show(["\(verifier.lines) lines\(range): \(verdict)"])
  }
}
