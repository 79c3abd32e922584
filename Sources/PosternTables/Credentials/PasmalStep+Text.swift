// SPDX-License-Identifier: Apache-2.0
import PosternWire

extension PasmalCredential.Step {
  /// `tcp/7000`, a SYN; `tcp/7000 fin !ack`; `udp/8000`; `echo`, `echo id 7 seq 1 length 56`.
  package init?(_ text: String) {
    switch KnockdStep(text, flags: .syn) {
    case .tcp(let port, let flags): self = .tcp(port, flags)
    case .udp(let port): self = .udp(port)
    case .echo: self = .echo(identifier: nil, sequence: nil, length: nil)
    case nil:
      guard let echo = Self.echo(text) else { return nil }
      self = echo
    }
  }

  private static func echo(_ text: String) -> Self? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.first == "echo", words.count % 2 == 1, words.count <= 7 else { return nil }
    var fields: [Substring: UInt16] = [:]
    for index in stride(from: 1, to: words.count, by: 2) {
      guard ["id", "seq", "length"].contains(words[index]), let value = UInt16(words[index + 1]),
        fields.updateValue(value, forKey: words[index]) == nil
      else { return nil }
    }
    return .echo(identifier: fields["id"], sequence: fields["seq"], length: fields["length"])
  }
}
