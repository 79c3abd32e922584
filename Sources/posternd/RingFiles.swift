// SPDX-License-Identifier: Apache-2.0
import PosternAuthority
import PosternControl
import PosternKnock
import PosternPlatform
import PosternState
import PosternTables

/// The files of the replay rings, one for each gate and each protocol whose knocks are remembered; they stay open over configurations.
final class RingFiles {
  private struct Place: Hashable {
    let gate: Int
    let kind: KnockProtocol
  }

  /// One ring, open, of this daemon alone.
  private final class File {
    let ring: ReplayRing

    init(_ ring: consuming ReplayRing) { self.ring = ring }
  }

  private let directory: String
  private var files: [Place: File] = [:]
  /// Rings whose file was made when another ring was there: nobody can have knocked in their protocol before.
  private var new: Set<Place> = []
  /// Rings that a gate of the present team has taken up: with its fence, if it needed one.
  private var taken: Set<Place> = []

  init(in directory: String) { self.directory = directory }

  /// Opens, or makes, what the configuration needs and is not open yet; no gate may use a file that is made larger.
  func prepare(_ rings: [KeeperTables.Ring], gates: Int) throws(StateError) {
    for gate in 0..<gates {
      for ring in rings { try prepare(ring, Place(gate: gate, kind: ring.kind)) }
    }
  }

  private func prepare(_ ring: KeeperTables.Ring, _ place: Place) throws(StateError) {
    guard files[place] == nil else { return }
    let file = File(try ReplayRing.prepare(path: path(place), layout: try ring.layout()))
    if file.ring.isNew, isFirstOfItsKind(place) { new.insert(place) }
    files[place] = file
  }

  /// The state directory itself may be new or lost: that the first ring of `spa` is there, which always is, tells. Where the first gate
  /// has had knocks of the kind, another gate's ring may be one that was lost.
  private func isFirstOfItsKind(_ place: Place) -> Bool {
    if place.gate > 0 { return new.contains(Place(gate: 0, kind: place.kind)) }
    return files[Place(gate: 0, kind: .spa)].map { !$0.ring.isNew } ?? false
  }

  /// Makes room for what the configuration needs; to be called while no gate uses the rings.
  func enlarge(_ rings: [KeeperTables.Ring]) throws(StateError) {
    for (place, file) in files {
      if let ring = rings.first(where: { $0.kind == place.kind }) { try file.ring.enlarge(to: try ring.layout()) }
    }
  }

  /// What a gate of the configuration is told of its rings. Only one that was taken up can be continued.
  func launched(_ rings: [KeeperTables.Ring], ofGate gate: Int, _ history: RingHistory) -> [GateLaunch.Ring] {
    rings.map { ring in
      let place = Place(gate: gate, kind: ring.kind)
      if new.contains(place) { return GateLaunch.Ring(ring.kind, .new) }
      return GateLaunch.Ring(ring.kind, history == .continued && !taken.contains(place) ? .known : history)
    }
  }

  /// A gate has written all of these: one that is empty at a later start was emptied.
  func markUsed(_ rings: [GateLaunch.Ring], ofGate gate: Int) {
    // Nobody's ring of this kind can be called new any more.
    new = new.filter { place in !rings.contains { $0.kind == place.kind } }
    taken.formUnion(rings.map { Place(gate: gate, kind: $0.kind) })
  }

  /// Another number of gates begins.
  func forgetTaken() { taken = [] }

  /// The latest clock that any ring of several gates tells of, also of gates that are not there any more; zero where one gate has always
  /// been alone.
  var latest: Timestamp {
    let clocks = (0..<TableLimits.gates).map { gate in
      KnockProtocol.remembered.map { ReplayRing.latest(at: path(Place(gate: gate, kind: $0))) }.max() ?? .zero
    }
    return clocks.dropFirst().contains { $0 > .zero } ? clocks.max() ?? .zero : .zero
  }

  func handed(_ launch: GateLaunch, ofGate gate: Int) -> [SpawnedProcess.Descriptor] {
    launch.rings.enumerated().compactMap { number, ring in
      files[Place(gate: gate, kind: ring.kind)].map {
        .init(lending: $0.ring.descriptor, as: launch.descriptor(ofRing: number))
      }
    }
  }

  /// `replay.ring` is that of `spa`, `replay-NAME.ring` another's; those of the second gate begin with `gate2-`.
  private func path(_ place: Place) -> String {
    let gate = place.gate == 0 ? "" : "gate\(place.gate + 1)-"
    let kind = place.kind == .spa ? "" : "-\(place.kind)"
    return "\(directory)/\(gate)replay\(kind).ring"
  }
}

extension KeeperTables.Ring {
  fileprivate func layout() throws(StateError) -> RingLayout {
    guard let layout = RingLayout(kind, slotCount: Int(slots)) else { throw .notPrepared }
    return layout
  }
}
