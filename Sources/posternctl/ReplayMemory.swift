// SPDX-License-Identifier: Apache-2.0
internal import PosternAuthority
internal import PosternKnock
internal import PosternPlatform
internal import PosternWire

/// The replay memory that packets are explained with: empty, or what a ring file remembers.
enum ReplayMemory {
  /// A ring file is read and never written. Its records and floor count; whose it is and what time it was do not, since packets are
  /// judged at their own time.
  static func state(ring path: String?, slots: Int) throws(ExplainFailure) -> ReplayState {
    guard let path else { return try empty(slots) }
    let image = try image(path)
    guard let layout = RingLayout(slotCount: image.header.slotCount) else { throw damaged(path) }
    return ReplayState(.ring(image), layout: layout, identity: image.header.identity, history: .known)
  }

  private static func empty(_ slots: Int) throws(ExplainFailure) -> ReplayState {
    guard let layout = RingLayout(slotCount: slots) else { throw ExplainFailure("no ring has \(slots) slots", exit: 78) }
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
    guard case .ring(var image) = bytes.withBytes({ RingImage.read($0) }) else { throw damaged(path) }
    image.header.latest = .zero
    image.header.owesFence = false
    return image
  }

  private static func damaged(_ path: String) -> ExplainFailure { ExplainFailure("\(path): no sound replay ring", exit: 65) }
}
