// SPDX-License-Identifier: Apache-2.0

/// What an importer asks of the world beside the text that it was given: other files that the text names.
package struct ForeignFiles {
  /// The file at a path as the text names it, or why it cannot be read.
  package let text: (_ path: String) throws(ImportFailure) -> ForeignText
  /// The content of such a file that is no text, at most so many bytes.
  package let bytes: (_ path: String, _ limit: Int) throws(ImportFailure) -> [UInt8]
  /// The paths of the files in a folder, sorted; nil where it cannot be listed.
  package let folder: (_ path: String) -> [String]?
  /// The port of a service name such as `ssh`; nil where nobody knows it.
  package let port: (_ service: String) -> UInt16?

  package init(
    text: @escaping (String) throws(ImportFailure) -> ForeignText,
    bytes: @escaping (String, Int) throws(ImportFailure) -> [UInt8], folder: @escaping (String) -> [String]?,
    port: @escaping (String) -> UInt16?
  ) {
    self.text = text
    self.bytes = bytes
    self.folder = folder
    self.port = port
  }
}
