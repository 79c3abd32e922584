// SPDX-License-Identifier: Apache-2.0

/// What an importer has to say about a line of a foreign file. No note quotes a secret.
package struct ImportNote: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    /// Carried, but not in every respect as it was, or worth a look.
    case remark
    /// Not carried: what the line did, the new configuration does not do.
    case gap
    /// Makes the whole file unusable.
    case refusal
  }

  package let kind: Kind
  package let position: ImportPosition
  package let text: String

  package init(_ kind: Kind, _ text: String, at position: ImportPosition) {
    self.kind = kind
    self.position = position
    self.text = text
  }

  package var description: String {
    switch kind {
    case .remark: "\(position): note: \(text)"
    case .gap: "\(position): not carried: \(text)"
    case .refusal: "\(position): \(text)"
    }
  }
}
