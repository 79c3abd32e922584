// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternTables
import PosternWire

/// What a string of the configuration must look like: how to read it, and how to tell what was expected.
struct TextForm<Value> {
  let expectation: String
  /// Nil when the text has another form.
  let parse: (String) -> Value?

  init(_ expectation: String, _ parse: @escaping (String) -> Value?) {
    self.expectation = expectation
    self.parse = parse
  }

  /// One word of a few, named by the words themselves.
  static func oneOf(_ words: [(word: String, value: Value)]) -> TextForm {
    TextForm(words.map(\.word.quoted).joined(separator: " or ")) { text in words.first { $0.word == text }?.value }
  }
}

extension TextForm<String> {
  /// Exactly this sentence.
  static func words(_ sentence: String) -> TextForm { TextForm("exactly \(sentence.quoted)") { $0 == sentence ? $0 : nil } }

  static var path: TextForm { path(atMost: TableLimits.pathBytes) }

  static func path(atMost limit: Int) -> TextForm {
    TextForm("a path of 1 to \(limit) bytes") { (1...limit).contains($0.utf8.count) && $0.isPlain ? $0 : nil }
  }
}

extension TextForm<Name> {
  static var name: TextForm { TextForm("a name: a-z, 0-9, '.', '_', '-', at most \(Name.maximumLength)") { Name($0) } }
}

extension TextForm<Service> {
  static var service: TextForm { TextForm("a service like \"tcp/22\", \"tcp/8000-8010\" or \"esp\"") { Service($0) } }
}

extension TextForm<IPAddress> {
  static var address: TextForm { TextForm("an address like \"10.0.0.5\" or \"fd00::5\"") { IPAddress($0) } }
}

extension TextForm<KeyField> {
  static var keyField: TextForm { .oneOf(KeyField.allCases.map { ($0.description, $0) }) }
}

extension TextForm<AddressPrefix> {
  static var prefix: TextForm { TextForm("a network like \"192.0.2.0/24\"") { AddressPrefix($0) } }
}

extension TextForm<Bytes32> {
  static var base64: TextForm { TextForm("32 bytes in base64") { Base64.decode($0).flatMap { Bytes32($0) } } }
}

extension TextForm<Timestamp> {
  static var time: TextForm { TextForm("a UTC time like \"2027-01-01T00:00:00Z\"") { UTCTime.parse($0) } }
}

extension TextForm<UInt32> {
  /// Whole seconds.
  static var lease: TextForm { TextForm("a duration like \"30s\", \"5m\", \"1h\" or \"1d\"") { DurationText.seconds($0) } }
}

extension TextForm<Timestamp.Span> {
  static var span: TextForm { TextForm("a duration like \"500ms\", \"5s\" or \"1m\"") { DurationText.span($0) } }
}

extension String {
  /// Without control characters: the text reaches C strings and terminals.
  var isPlain: Bool { utf8.allSatisfy { $0 >= 32 && $0 != 127 } }

  /// What nft(8) takes as an identifier without quotation marks.
  var isNftName: Bool {
    guard let first = utf8.first, utf8.count <= TableLimits.nftNameBytes else { return false }
    func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    return isLetter(first) && utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || "/_.-".utf8.contains($0) }
  }
}
