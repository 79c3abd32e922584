// SPDX-License-Identifier: Apache-2.0
import Glibc
package import PosternAuthority
import PosternWire

/// The file behind ``PosternAuthority/KeyStates``.
///
/// Its descriptor is open with O_DSYNC: a write is on the disk when it returns. A spent code that a power cut brings back would be good
/// once more, and no clock tells, so here that wait is paid; only knocks of keys that have something to use up pay it.
package struct KeyStateFile: ~Copyable {
  /// A file as it was found, with the layout that its length gives.
  package struct Loaded: Sendable {
    package let layout: KeyStateLayout
    package let reading: KeyStateReading
  }

  private static let chunk = 64 * 1024
  /// For handing to another process; this value closes it.
  package let descriptor: Int32

  /// Takes over a descriptor that is open for reading and writing.
  package init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { SystemCall.close(descriptor) }

  /// Opens the file, making or enlarging it so that it holds the layout's slots, or more; for the keeper, who has the replay ring beside
  /// it to itself already.
  package static func prepare(path: String, layout: KeyStateLayout) throws(StateError) -> KeyStateFile {
    let file = KeyStateFile(descriptor: try SystemCall.openFile(path, O_RDWR | O_CREAT | O_DSYNC, 0o600))
    try file.enlarge(to: layout)
    return file
  }

  /// Makes room for the layout's slots where there are fewer; to be called while no gate writes to the file. What is damaged is left as
  /// it is: its reader has to see it. Only one that has no layout's length at all is emptied, and then found `missing`.
  package func enlarge(to layout: KeyStateLayout) throws(StateError) {
    let bytes = try contents()
    if let present = KeyStateLayout(fileSize: bytes.count), present.slotCount >= layout.slotCount { return }
    switch bytes.withBytes({ KeyStateImage.read($0) }) {
    case .missing: try SystemCall.allocate(descriptor, layout.fileSize)
    case .damaged where KeyStateLayout(fileSize: bytes.count) == nil: try reset(to: layout)
    case .damaged: return
    case .file(let image): try enlarge(image, to: layout)
    }
  }

  /// The header alone changes: should this process die before it is written, it does not fit the new length.
  private func enlarge(_ image: KeyStateImage, to layout: KeyStateLayout) throws(StateError) {
    guard let enlarged = image.enlarged(to: layout) else { return }
    try SystemCall.allocate(descriptor, layout.fileSize)
    try write(RingBatch.Run(offset: 0, bytes: Array(enlarged.encoded().prefix(KeyStateLayout.slotsOffset))))
  }

  private func reset(to layout: KeyStateLayout) throws(StateError) {
    try SystemCall.truncate(descriptor, to: 0)
    try SystemCall.allocate(descriptor, layout.fileSize)
  }

  /// Reads the whole file; throws `notPrepared` for one that no layout fits.
  package func load() throws(StateError) -> Loaded {
    let bytes = try contents()
    guard let layout = KeyStateLayout(fileSize: bytes.count) else { throw .notPrepared }
    return Loaded(layout: layout, reading: bytes.withBytes { KeyStateImage.read($0) })
  }

  /// Writes each run, in order, and stops at the first that fails: then no grant of this batch may leave.
  package func write(_ batch: KeyStates.Batch) throws(StateError) {
    for run in batch.runs { try write(run) }
  }

  private func write(_ run: RingBatch.Run) throws(StateError) {
    var done = 0
    while done < run.bytes.count { done += try SystemCall.write(descriptor, run.bytes[done...], at: run.offset + done) }
  }

  /// One byte more than the largest layout is enough to know that none fits.
  private func contents() throws(StateError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: Self.chunk)
    while bytes.count <= KeyStateLayout.maximumFileSize {
      let count = try SystemCall.read(descriptor, into: &buffer, at: bytes.count)
      guard count > 0 else { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }
}
