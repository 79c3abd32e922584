// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternKnock
import PosternPlatform
import PosternState

/// The files of the replay rings that the keeper handed over.
struct Rings {
  private final class File {
    let ring: ReplayRing
    let history: RingHistory

    init(_ ring: consuming ReplayRing, _ history: RingHistory) {
      self.ring = ring
      self.history = history
    }
  }

  private let files: [File]

  init(_ launch: GateLaunch) throws(PlatformError) {
    files = try launch.rings.enumerated().map { place, ring throws(PlatformError) in
      let descriptor = try OwnedDescriptor.inherited(launch.descriptor(ofRing: place)).release()
      return File(ReplayRing(descriptor: descriptor, ring.kind), ring.history)
    }
  }

  /// `latest` is the latest clock that these files or those of other gates told of.
  func load(_ identity: RingIdentity, latest: Timestamp) throws(StateError) -> ReplayMemory {
    ReplayMemory(
      try files.map { file throws(StateError) in
        let loaded = try file.ring.load()
        return ReplayState(loaded.reading, layout: loaded.layout, identity: identity, history: file.history, elsewhere: latest)
      })
  }

  func write(_ batch: KindBatch) throws(StateError) {
    guard let file = files.first(where: { $0.ring.kind == batch.kind }) else { throw .notPrepared }
    try file.ring.write(batch.batch)
  }

  /// What the keeper is told: the worst that was found in any of them.
  func state(of memory: ReplayMemory) -> KeeperFrame.RingState {
    let states = files.compactMap { file in memory[file.ring.kind].map { KeeperFrame.RingState($0, file.history) } }
    return states.first(where: \.isFenced) ?? states.first ?? .continued
  }
}

extension KeeperFrame.RingState {
  fileprivate init(_ replay: ReplayState, _ history: RingHistory) {
    self =
      switch replay.fence {
      case nil: history == .new ? .new : .continued
      case .missing: .fencedMissing
      case .damaged: .fencedDamaged
      case .otherBoot: .fencedBoot
      case .otherMachine: .fencedMachine
      case .otherGateway: .fencedGateway
      case .owed: .fencedOwed
      }
  }
}
