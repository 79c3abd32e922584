// SPDX-License-Identifier: Apache-2.0

extension String {
  /// Without anything that steers a terminal: control characters, invisible format characters (they can reverse the direction of
  /// writing) and line separators.
  package var withoutControls: String {
    String(String.UnicodeScalarView(unicodeScalars.filter { !Self.steers($0) }))
  }

  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }
}
