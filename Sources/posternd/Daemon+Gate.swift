// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternWire

/// The gates: they are started, listened to, and started again; what they ask for is carried out. `place` is a gate's among them.
extension Daemon {
  mutating func tendGates(at now: Moment) {
    for (place, gate) in gates.members.enumerated() {
      guard let deadline = gate.deadline, deadline <= now.uptime else { continue }
      switch gate.state {
      case .loaded, .ready, .over: continue
      case .loading, .beginning, .draining: gate.kill()
      case .waiting: start(gate, place, at: now)
      }
    }
  }

  private mutating func start(_ gate: GateSupervisor, _ place: Int, at now: Moment) {
    do throws(PlatformError) {
      let running = try gate.start(at: now.uptime)
      try loop.add(running.frames.descriptor, token: Token.frames + UInt64(place))
      try loop.add(running.process.descriptor, token: Token.gateEnd + UInt64(place))
    } catch {
      let retry = gate.ended(at: now.uptime)
      audit.write([.gateEnded(reason: title(place) + "\(error)", retryMilliseconds: retry)], at: now)
    }
  }

  mutating func gateEnded(_ place: Int) {
    guard let gate = gate(place), let running = gate.running, let end = try? running.process.end() else { return }
    // What it sent before it died is as good as before.
    while receiveFrames(of: place) {}
    try? loop.remove(running.process.descriptor)
    try? loop.remove(running.frames.descriptor)
    if case .draining = gate.state {
      gate.drained()
      if gates.areGone { succeed() }
      return
    }
    let now = Self.now
    let retry = gate.ended(at: now.uptime)
    audit.write([.gateEnded(reason: title(place) + end.description, retryMilliseconds: retry)], at: now)
    concludeReload(ended: end.description)
    dropHeld(ofGate: place)
  }

  /// Which of several gates it is, for people.
  private func title(_ place: Int) -> String { gates.members.count > 1 ? "gate \(place + 1): " : "" }

  /// Nil for one that a configuration with more gates had.
  private func gate(_ place: Int) -> GateSupervisor? {
    gates.members.indices.contains(place) ? gates.members[place] : nil
  }

  /// Takes what the gate has sent until now into one transaction; false when there was nothing.
  @discardableResult
  mutating func receiveFrames(of place: Int) -> Bool {
    guard let gate = gate(place), let running = gate.running else { return false }
    var frames: [KeeperFrame] = []
    do {
      for _ in 0..<Limit.messages {
        let received = try running.frames.receive(into: &buffer)
        if received == .closed { hangUp(gate, running) }
        guard case .bytes(let count) = received else { break }
        frames += try Self.frames(in: buffer, count: count)
        // A message with room left was the last one when it was sent; if another came since, the loop is back at once.
        if count < buffer.count { break }
      }
    } catch {
      dismiss(gate)
    }
    guard !frames.isEmpty else { return false }
    guard isInTurn(frames, of: gate, place) else {
      dismiss(gate)
      return false
    }
    // Grants are for the sets as they are now, not as they were before somebody loaded a ruleset.
    if !hasLooked { followRuleset() }
    hasLooked = false
    carryOut(keeper.decide(frames, of: place, own: own, at: Self.now))
    return true
  }

  /// A gate says once that it is loaded, and then once that it is ready.
  private mutating func isInTurn(_ frames: [KeeperFrame], of gate: GateSupervisor, _ place: Int) -> Bool {
    for frame in frames {
      switch frame.body {
      case .loaded:
        guard gate.becameLoaded() else { return false }
        // What came in while no gate was there has waited too long.
        if gate.restarts > 0 { dropHeld(ofGate: place) }
        // Its measure of load begins with idle sources.
        for channel in share(of: place).groups { channel.change(toBusy: false) }
        gate.begin(at: SystemClock.monotonic())
      case .ready:
        guard gate.becameReady(at: SystemClock.monotonic()) else { return false }
        resources.rings.markUsed(gate.rings, ofGate: place)
        if gates.areReady { concludeStart(of: gate) }
      case .pace(let pace): change(to: pace, share(of: place).groups)
      case .grant, .refusal, .held, .suspect: continue
      }
    }
    return true
  }

  /// Starts and reloads have their work behind them.
  private mutating func concludeStart(of last: GateSupervisor) {
    concludeReload()
    if last.restarts == 0 { MemoryReturn.forgetStart() }
  }

  /// What one of the gates reads.
  func share(of place: Int) -> GateSources { resources.sources.share(of: place, among: gates.members.count) }

  /// In the middle of a reload the gate may still speak of sources that are gone.
  private func change(to pace: KeeperFrame.Pace, _ groups: [CaptureChannel]) {
    guard groups.indices.contains(Int(pace.source)) else { return }
    groups[Int(pace.source)].change(toBusy: pace.isBusy)
  }

  /// A gate that closed its end is ending, or hides: a socket that stays readable for ever would keep the loop busy.
  private func hangUp(_ gate: GateSupervisor, _ running: GateSupervisor.Running) {
    try? loop.remove(running.frames.descriptor)
    gate.kill()
  }

  /// No gate of ours writes such a thing: this one is in other hands or broken.
  private mutating func dismiss(_ gate: GateSupervisor) {
    audit.write([.alarm("the gate sent what no gate sends, and is replaced")], at: Self.now)
    gate.kill()
  }

  static func frames(in buffer: [UInt8], count: Int) throws(WireError) -> [KeeperFrame] {
    guard count.isMultiple(of: KeeperFrame.byteCount) else { throw .malformed }
    return try buffer.withBytes { bytes throws(WireError) in
      var frames: [KeeperFrame] = []
      for start in stride(from: 0, to: count, by: KeeperFrame.byteCount) {
        frames.append(try KeeperFrame(decoding: bytes.extracting(start..<start + KeeperFrame.byteCount)))
      }
      return frames
    }
  }

  /// `operatorID` is the user whose request brought the work about, if one did.
  mutating func carryOut(_ work: Work, operatorID: UInt32? = nil) {
    let failures = sets.apply(work.changes, standing: work.standing)
    let now = Self.now
    let events = keeper.settle(work, failures: failures, at: now)
    for case .granted(let lease, _, _, _, _) in events {
      for flow in keeper.released(by: lease) { flows.forget(flow) }
    }
    say(events, at: now, operatorID: operatorID)
    accept(keeper.released(by: work, at: now))
  }
}
