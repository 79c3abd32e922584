// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import PosternImport

/// The texts of `Vectors/knockd-config.json`: each was given to knockd 0.8, and says what an importer should make of it.
@Suite struct KnockdVectorTests {
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    let id: String
    let knockd_conf: String
    let expected_import: String
    let measured_knockd_0_8: Measured
    var testDescription: String { id }

    struct Measured: Decodable, Sendable {
      let accepted: Bool
      let sequences: [String: [String]]
      let seq_timeout: [String]
    }
  }

  struct File: Decodable { let cases: [Vector] }

  static let vectors: [Vector] = {
    guard let url = Bundle.module.url(forResource: "Vectors/knockd-config", withExtension: "json"),
      let data = try? Data(contentsOf: url), let file = try? JSONDecoder().decode(File.self, from: data)
    else { return [] }
    return file.cases
  }()

  /// Beside the expected outcome, a word of what the importer has to say.
  static let words: [String: String] = [
    "cfg-inline-comment-flags": "knockd takes the text behind # for flags", "cfg-flags-unknown": "unknown flag \"ece\"",
    "cfg-port-70000": "\"70000\"", "cfg-port-negative": "\"-1\"", "cfg-port-zero": "\"0\"",
    "cfg-port-name": "\"ssh\" is no port number",
    "cfg-proto-sctp": "unknown protocol \"sctp\"", "cfg-33-ports": "at most 32", "cfg-no-sequence": "has no sequence",
    "cfg-empty-sequence": "port 0", "cfg-trailing-comma": "port 0", "cfg-unknown-directive": "unknown directive \"foo\"",
    "cfg-unknown-option": "unknown option \"foo\"", "cfg-no-section": "outside of every section",
    "cfg-options-capital": "in small letters", "cfg-directive-no-equals": "\"sequence 7000,8000\"",
    "cfg-semicolon-comment": "outside of every section", "cfg-empty": "no door", "cfg-only-options": "no door",
    "cfg-empty-section-name": "a section's name", "cfg-timeout-text": "\"abc\"", "cfg-timeout-negative": "\"-5\"",
    "cfg-duplicate-section": "two doors", "cfg-sequence-twice": "second sequence", "cfg-onetime-missing-file": "cannot be read",
    "cfg-onetime-empty-file": "the door is disabled", "cfg-interface-missing": "interface \"nope0\"",
  ]

  @Test func allAreThere() { #expect(Self.vectors.count == 41) }

  @Test(arguments: vectors) func isDecidedAsExpected(_ vector: Vector) throws {
    let files = Samples.files(["seqs": "#7000,8000\n"])
    let notes = Samples.notes { try ImportedConfiguration.knockd(try Samples.text(vector.knockd_conf), files) }
    let imported = try? ImportedConfiguration.knockd(Samples.text(vector.knockd_conf), files)
    #expect((imported != nil) == vector.expected_import.hasPrefix("accept"), "\(vector.expected_import): \(notes)")
    if let words = Self.words[vector.id] { #expect(notes.contains { $0.contains(words) }, "\(notes)") }
    if vector.expected_import.contains("warn") { #expect(!notes.isEmpty) }
  }

  /// Where knockd started, the importer understood the same sequences and timeouts.
  @Test(arguments: vectors.filter { $0.measured_knockd_0_8.accepted && $0.expected_import.hasPrefix("accept") })
  func isUnderstoodAsByKnockd(_ vector: Vector) throws {
    var notes = ImportNotes()
    let file = KnockdFile(try Samples.text(vector.knockd_conf), Samples.noFiles, &notes)
    var sequences: [String: [String]] = [:]
    for door in file.doors {
      let steps = (door.sequence ?? []).map { "\($0.port):\($0.transport)" }
      sequences[door.name, default: []].append(steps.joined(separator: ","))
    }
    #expect(sequences == vector.measured_knockd_0_8.sequences)
    let timeouts = file.doors.map(\.timeout).filter { $0 != 25 }.map(String.init)
    #expect(timeouts == vector.measured_knockd_0_8.seq_timeout)
  }
}
