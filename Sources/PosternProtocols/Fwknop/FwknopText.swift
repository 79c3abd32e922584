// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternWire

/// What a packet carries, as base64 text behind the prefix that its sender cut off: the text that a code is made over.
///
/// One buffer serves all packets; nothing is allocated.
struct FwknopText {
  /// The base64 of "Salted__" as far as it does not depend on what follows. A sender cuts off exactly these characters.
  static let prefix = Array("U2FsdGVkX1".utf8)
  /// The least that a client makes and the most that its library can hold, in characters without the prefix.
  static let lengths = 140...1499

  /// How a carrier writes the two characters that are not letters or digits.
  enum Alphabet {
    case standard
    /// `-` and `_` for `+` and `/`, as in the target of an HTTP request.
    case url
  }

  private var characters: [UInt8]
  /// Of what the packet carries, without the prefix.
  private(set) var count = 0

  init() { characters = Self.prefix + [UInt8](repeating: 0, count: Self.lengths.upperBound) }

  /// Takes a packet's text, and says why it can be none.
  ///
  /// Padding and line ends are refused, since no client sends any: what can be prolonged is another text for who remembers texts. So is a
  /// text with the prefix, which would be a second form of the same message.
  mutating func load(_ text: RawSpan, _ alphabet: Alphabet) -> Denial? {
    guard Self.lengths.contains(text.byteCount) else { return .wrongLength }
    count = text.byteCount
    return copy(text, alphabet) && !repeatsPrefix ? nil : .wrongTag
  }

  /// False for a text with other characters.
  private mutating func copy(_ text: RawSpan, _ alphabet: Alphabet) -> Bool {
    let characterOf = alphabet.standard
    let standard = characterOf.span
    var room = characters.mutableSpan
    for offset in 0..<text.byteCount {
      let character = standard[Int(text.byte(offset))]
      guard character != 0 else { return false }
      room[Self.prefix.count + offset] = character
    }
    return true
  }

  private var repeatsPrefix: Bool {
    for (offset, character) in Self.prefix.enumerated() where characters[Self.prefix.count + offset] != character { return false }
    return true
  }

  /// The last sixteen characters: of the code, or without one of cipher text. A text that differs elsewhere only is not its sender's.
  var end: Bytes16 { split(tail: 16) { Bytes16($1) } }

  /// Lends the prefix and all but the last `length` characters of what the packet carries, and these last ones.
  func split<Result: ~Copyable, Failure: Error>(
    tail length: Int, _ body: (_ message: RawSpan, _ tail: RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let end = Self.prefix.count + count
    return try characters.withBytes { bytes throws(Failure) in
      try body(bytes.extracting(0..<end - length), bytes.extracting(end - length..<end))
    }
  }
}

extension FwknopText.Alphabet {
  /// The character of the standard alphabet that a byte stands for; zero for a byte that stands for none.
  var standard: InlineArray<256, UInt8> {
    switch self {
    case .standard: Self.ofStandard
    case .url: Self.ofURL
    }
  }

  private static let ofStandard = InlineArray<256, UInt8> { UnpaddedBase64.isDigit(UInt8($0)) ? UInt8($0) : 0 }

  private static let ofURL = {
    var characters = ofStandard
    for (standard, url) in zip("+/".utf8, "-_".utf8) { (characters[Int(standard)], characters[Int(url)]) = (0, standard) }
    return characters
  }()
}
