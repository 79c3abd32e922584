// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternKnock
import PosternPlatform
import PosternState
import PosternTables

/// The files of the replay rings, one for each protocol whose knocks are remembered; they stay open over configurations.
final class RingFiles {
  /// One ring, open, of this daemon alone.
  private final class File {
    let ring: ReplayRing

    init(_ ring: consuming ReplayRing) { self.ring = ring }
  }

  private let directory: String
  private var files: [KnockProtocol: File] = [:]
  /// Rings whose file was made when another ring was there: nobody can have knocked in their protocol before.
  private var new: Set<KnockProtocol> = []

  init(in directory: String) { self.directory = directory }

  /// Opens, or makes, what the configuration needs and is not open yet; no gate may use a file that is made larger.
  func prepare(_ rings: [KeeperTables.Ring]) throws(StateError) {
    for ring in rings where files[ring.kind] == nil {
      let file = File(try ReplayRing.prepare(path: path(ring.kind), layout: try ring.layout()))
      // The state directory itself may be new or lost: that the ring of `spa` is there, which always is, tells.
      if file.ring.isNew, let first = files[.spa], !first.ring.isNew { new.insert(ring.kind) }
      files[ring.kind] = file
    }
  }

  /// Makes room for what the configuration needs; to be called while no gate uses the rings.
  func enlarge(_ rings: [KeeperTables.Ring]) throws(StateError) {
    for ring in rings { try files[ring.kind]?.ring.enlarge(to: try ring.layout()) }
  }

  /// What a gate of the configuration is told of its rings.
  func launched(_ rings: [KeeperTables.Ring], _ history: RingHistory) -> [GateLaunch.Ring] {
    rings.map { GateLaunch.Ring($0.kind, new.contains($0.kind) ? .new : history) }
  }

  /// A gate has written all of these: one that is empty at a later start was emptied.
  func markUsed(_ rings: [GateLaunch.Ring]) { new.subtract(rings.map(\.kind)) }

  func handed(_ launch: GateLaunch) -> [SpawnedProcess.Descriptor] {
    launch.rings.enumerated().compactMap { place, ring in
      files[ring.kind].map { .init(lending: $0.ring.descriptor, as: launch.descriptor(ofRing: place)) }
    }
  }

  /// `replay.ring` is that of `spa`, `replay-NAME.ring` another's.
  private func path(_ kind: KnockProtocol) -> String { directory + (kind == .spa ? "/replay.ring" : "/replay-\(kind).ring") }
}

extension KeeperTables.Ring {
  fileprivate func layout() throws(StateError) -> RingLayout {
    guard let layout = RingLayout(kind, slotCount: Int(slots)) else { throw .notPrepared }
    return layout
  }
}
