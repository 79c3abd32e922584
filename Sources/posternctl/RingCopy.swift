// SPDX-License-Identifier: Apache-2.0
internal import PosternAuthority
internal import PosternKnock
internal import PosternPlatform
internal import PosternTables
internal import PosternWire

/// The replay memory that packets are explained with: empty, or what a ring file remembers.
enum RingCopy {
  /// A ring file is read and never written. Its records and floor count; whose it is and what time it was do not, since packets are
  /// judged at their own time.
  ///
  /// Where `path` is that of one protocol's ring, those of the others are empty.
  static func memory(ring path: String?, _ rings: [KeeperTables.Ring]) throws(ExplainFailure) -> ReplayMemory {
    var states = try rings.map { ring throws(ExplainFailure) in try empty(ring) }
    if let path {
      let copy = try state(path)
      states.removeAll { $0.layout.kind == copy.layout.kind }
      states.append(copy)
    }
    return ReplayMemory(states)
  }

  private static func state(_ path: String) throws(ExplainFailure) -> ReplayState {
    let image = try image(path)
    guard let layout = RingLayout(image.header.kind, slotCount: image.header.slotCount) else { throw damaged(path) }
    return ReplayState(.ring(image), layout: layout, identity: image.header.identity, history: .known)
  }

  private static func empty(_ ring: KeeperTables.Ring) throws(ExplainFailure) -> ReplayState {
    guard let layout = RingLayout(ring.kind, slotCount: Int(ring.slots)) else {
      throw ExplainFailure("no ring has \(ring.slots) slots", exit: 78)
    }
    let nobody = RingIdentity(boot: .zero, machine: .zero, gateway: 0)
    return ReplayState(.missing, layout: layout, identity: nobody, history: .new)
  }

  private static func image(_ path: String) throws(ExplainFailure) -> RingImage {
    let file: OwnedDescriptor
    let bytes: [UInt8]
    do throws(PlatformError) { file = try BoundedFile.open(path) } catch { throw ExplainFailure("\(path): \(error)", exit: 66) }
    do throws(PlatformError) { bytes = try BoundedFile.read(file, limit: RingLayout.maximumFileSize) } catch {
      throw ExplainFailure("\(path): \(error)", exit: 65)
    }
    let readings = KnockProtocol.remembered.map { kind in bytes.withBytes { RingImage.read($0, kind) } }
    guard var image = readings.compactMap(\.image).first else { throw damaged(path) }
    image.header.latest = .zero
    image.header.owesFence = false
    return image
  }

  private static func damaged(_ path: String) -> ExplainFailure { ExplainFailure("\(path): no sound replay ring", exit: 65) }
}

extension RingReading {
  fileprivate var image: RingImage? { if case .ring(let image) = self { image } else { nil } }
}
