// SPDX-License-Identifier: Apache-2.0
import Glibc
package import PosternAuthority
package import PosternKnock
import PosternWire

/// The ring file behind ``PosternAuthority/ReplayState``.
///
/// Reading and writing need `pread` and `pwrite` on one descriptor and nothing else. Where knocks carry a stamp nothing is synchronised
/// to the disk: what a power cut loses, the boot id tells, and the fence covers. The others' file is one that writes through.
package struct ReplayRing: ~Copyable {
  /// A ring file as it was found, with the layout that its length gives.
  package struct Loaded: Sendable {
    package let layout: RingLayout
    package let reading: RingReading
  }

  private static let chunk = 64 * 1024
  /// For handing to another process; this value closes it.
  package let descriptor: Int32
  package let kind: KnockProtocol
  /// Whether there was no such file before.
  package let isNew: Bool

  /// Takes over a descriptor that is open for reading and writing.
  package init(descriptor: Int32, _ kind: KnockProtocol = .spa, isNew: Bool = false) {
    self.descriptor = descriptor
    self.kind = kind
    self.isNew = isNew
  }

  deinit { SystemCall.close(descriptor) }

  /// Opens the ring file, making or enlarging it so that it holds the layout's slots, or more; for the keeper.
  ///
  /// The file is this daemon's alone as long as it or its gate lives; `inUse` when another still has it after `milliseconds`.
  /// A sound file keeps its memory. One that is of no use for this size is emptied; its reader then finds it `missing`.
  package static func prepare(
    path: String, layout: RingLayout, patience milliseconds: Int = 2000
  ) throws(StateError) -> ReplayRing {
    let isStamped = layout.kind.window?.isStamped ?? false
    let descriptor = try SystemCall.openFile(path, O_RDWR | O_CREAT | (isStamped ? 0 : O_DSYNC), 0o600)
    let ring = ReplayRing(descriptor: descriptor, layout.kind, isNew: (try? SystemCall.size(descriptor)) == 0)
    try ring.claim(milliseconds)
    try ring.enlarge(to: layout)
    return ring
  }

  /// Makes room for the layout's slots where there are fewer; to be called while no gate writes to the file.
  package func enlarge(to layout: RingLayout) throws(StateError) {
    let bytes = try contents()
    if let present = RingLayout(kind, fileSize: bytes.count), present.slotCount >= layout.slotCount { return }
    switch bytes.withBytes({ RingImage.read($0, kind) }) {
    case .missing, .damaged: try reset(to: layout)
    case .ring(let image): try replace(with: image.resized(to: layout), layout)
    }
  }

  /// Takes the file for this daemon and its gates alone; throws `inUse` when another daemon still has it after `milliseconds`: the
  /// gate of one that was killed may take a moment to be gone.
  private func claim(_ milliseconds: Int) throws(StateError) {
    for _ in 0...max(milliseconds, 0) / 50 {
      if try SystemCall.lock(descriptor) { return }
      SystemCall.pause(milliseconds: 50)
    }
    throw .inUse
  }

  /// Reads the whole file; throws `notPrepared` for one that no layout fits.
  package func load() throws(StateError) -> Loaded {
    let bytes = try contents()
    guard let layout = RingLayout(kind, fileSize: bytes.count) else { throw .notPrepared }
    return Loaded(layout: layout, reading: bytes.withBytes { RingImage.read($0, kind) })
  }

  /// The latest clock that the ring file at this path tells of; zero where there is none with a sound header. Nothing else is read.
  package static func latest(at path: String) -> Timestamp {
    guard let descriptor = try? SystemCall.openFile(path, O_RDONLY, 0) else { return .zero }
    let ring = ReplayRing(descriptor: descriptor)
    var bytes = [UInt8](repeating: 0, count: RingLayout.slotsOffset)
    guard (try? SystemCall.read(ring.descriptor, into: &bytes, at: 0)) == bytes.count else { return .zero }
    return bytes.withBytes { RingHeader.latest(in: $0) }
  }

  /// Writes each run with one `pwrite`, in order, and stops at the first that fails: then no grant of this batch may leave.
  package func write(_ batch: RingBatch) throws(StateError) {
    for run in batch.runs { try write(run.bytes, at: run.offset) }
  }

  private func write(_ bytes: [UInt8], at offset: Int) throws(StateError) {
    var done = 0
    while done < bytes.count { done += try SystemCall.write(descriptor, bytes[done...], at: offset + done) }
  }

  /// One byte more than the largest layout is enough to know that none fits.
  private func contents() throws(StateError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: Self.chunk)
    while bytes.count <= RingLayout.maximumFileSize {
      let count = try SystemCall.read(descriptor, into: &buffer, at: bytes.count)
      guard count > 0 else { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }

  private func reset(to layout: RingLayout) throws(StateError) {
    try SystemCall.truncate(descriptor, to: 0)
    try SystemCall.allocate(descriptor, layout.fileSize)
  }

  /// Headers last: should this process die half-way, the old header does not fit the new length, and the fence rises.
  private func replace(with image: RingImage, _ layout: RingLayout) throws(StateError) {
    try SystemCall.allocate(descriptor, layout.fileSize)
    let bytes = image.encoded()
    let headers = 2 * RingLayout.headerStride
    try write(Array(bytes[headers...]), at: headers)
    try write(Array(bytes[..<headers]), at: 0)
  }
}
