// SPDX-License-Identifier: Apache-2.0
internal import PosternPlatform
internal import PosternSets
internal import PosternTables
internal import PosternWire
internal import Synchronization

/// Takes the time at which the kernel tells of each new element in the gateway's namespace.
///
/// The kernel sends that event after the transaction is committed, so the element admits packets by then.
final class ElementWatch: Sendable {
  /// How often the watch looks whether it shall end.
  private static let beatMilliseconds: Int32 = 100

  private let arrivals: Arrivals
  private let isEnding = Atomic(false)

  init(_ arrivals: Arrivals) { self.arrivals = arrivals }

  /// Makes ``run(in:ready:)`` return.
  func end() { isEnding.store(true, ordering: .relaxed) }

  /// Runs on a thread of its own, which stays in the namespace; `ready` hears when the events are subscribed, or why not.
  func run(in namespace: String, ready: @Sendable (Result<Void, BenchFailure>) -> Void) {
    do throws(BenchFailure) {
      var events = try Self.subscribe(in: namespace)
      ready(.success(()))
      try watch(&events)
    } catch {
      ready(.failure(error))
    }
  }

  private static func subscribe(in namespace: String) throws(BenchFailure) -> SetEvents {
    try BenchThread.enter(namespace)
    do throws(SetError) {
      return try SetEvents()
    } catch {
      throw BenchFailure("subscribing to set events: \(error)")
    }
  }

  private func watch(_ events: inout SetEvents) throws(BenchFailure) {
    while !isEnding.load(ordering: .relaxed) {
      guard Readiness.hasInput(events.fileDescriptor, milliseconds: Self.beatMilliseconds) else { continue }
      do throws(SetError) {
        // The time of the wake-up, before any parsing.
        let now = SystemClock.monotonic()
        for event in try events.next() ?? [] { note(event, at: now) }
      } catch {
        throw BenchFailure("reading set events: \(error)")
      }
    }
  }

  private func note(_ event: SetEvent, at now: UInt64) {
    if case .overrun = event { arrivals.noteOverrun() }
    guard case .newElement(_, let element, _) = event,
      case .v4(let address)? = element.key.parts(.standard(.ipv4))?.source.address,
      let index = BenchAddresses.index(of: address)
    else { return }
    arrivals.note(index, at: now)
  }
}

/// Why a measurement could not be made.
struct BenchFailure: Error, Hashable, Sendable, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
