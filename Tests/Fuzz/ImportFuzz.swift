// SPDX-License-Identifier: Apache-2.0
import PosternConfig
import PosternImport

/// Any text as the configuration of each other system, a form feed between it and the files that it names: a refusal, or a piece of
/// configuration that Postern's own reader takes, with and without the words for weak doors.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzzImport(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  let texts = bytes.split(separator: 0x0C, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
  guard let main = try? ForeignText(texts[0], file: "main") else { return 0 }
  let files = files(texts.count == 2 ? texts[1] : [])
  let other = try? files.text("other")
  let imports: [() throws -> ImportedConfiguration] = [
    { try .fwknop(access: main, server: other, files) }, { try .knockd(main, files) },
    { try .doorman(main, guestList: "other", files) }, { try .cd00r(main) }, { try .sadoor(main, packets: "other", files) },
    { try .tumbler(main) },
  ]
  for importing in imports {
    if let imported = try? importing() { check(imported) }
  }
  return 0
}

private func check(_ imported: ImportedConfiguration) {
  for acceptsWeak in [false, true] {
    let text = ConfigurationText(imported, acceptsWeak: acceptsWeak, writesSecrets: acceptsWeak).text
    do {
      _ = try Configuration(merging: [
        ConfigText(Array("version = 1\n[gateway]\nkey = \"k\"\n".utf8), file: "main"), ConfigText(Array(text.utf8), file: "new"),
      ])
    } catch {
      preconditionFailure("\(error)\n\(text)")
    }
  }
}

/// Each path is the same file, and each folder holds it; so everything that includes ends at the limits.
private func files(_ text: [UInt8]) -> ForeignFiles {
  ForeignFiles(
    text: { path throws(ImportFailure) in try ForeignText(text, file: path) }, bytes: { _, limit in Array(text.prefix(limit)) },
    folder: { _ in ["other.conf"] }, port: { $0.utf8.count < 4 ? UInt16($0.utf8.count) : nil })
}
