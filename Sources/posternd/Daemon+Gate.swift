// SPDX-License-Identifier: Apache-2.0
import PosternControl
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternWire

/// The gate: it is started, listened to, and started again; what it asks for is carried out.
extension Daemon {
  mutating func tendGate(at now: Moment) {
    guard let deadline = gate.deadline, deadline <= now.uptime else { return }
    switch gate.state {
    case .loaded, .ready: return
    case .loading, .beginning, .draining: gate.kill()
    case .waiting: startGate(at: now)
    }
  }

  private mutating func startGate(at now: Moment) {
    do throws(PlatformError) {
      let running = try gate.start(at: now.uptime)
      try loop.add(running.frames.descriptor, token: Token.frames)
      try loop.add(running.process.descriptor, token: Token.gateEnd)
    } catch {
      let retry = gate.ended(at: now.uptime)
      audit.write([.gateEnded(reason: "\(error)", retryMilliseconds: retry)], at: now)
    }
  }

  mutating func gateEnded() {
    guard let running = gate.running else { return }
    guard let end = try? running.process.end() else { return }
    // What it sent before it died is as good as before.
    while receiveFrames() {}
    try? loop.remove(running.process.descriptor)
    try? loop.remove(running.frames.descriptor)
    if case .draining = gate.state { return succeed() }
    let now = Self.now
    let retry = gate.ended(at: now.uptime)
    audit.write([.gateEnded(reason: end.description, retryMilliseconds: retry)], at: now)
    concludeReload(ended: end.description)
    dropHeld()
  }

  /// Takes what the gate has sent until now into one transaction; false when there was nothing.
  @discardableResult
  mutating func receiveFrames() -> Bool {
    guard let running = gate.running else { return false }
    var frames: [KeeperFrame] = []
    do {
      for _ in 0..<Limit.messages {
        let received = try running.frames.receive(into: &buffer)
        if received == .closed { hangUp(running) }
        guard case .bytes(let count) = received else { break }
        frames += try Self.frames(in: buffer, count: count)
        // A message with room left was the last one when it was sent; if another came since, the loop is back at once.
        if count < buffer.count { break }
      }
    } catch {
      dismissGate()
    }
    guard !frames.isEmpty else { return false }
    guard isInTurn(frames) else {
      dismissGate()
      return false
    }
    // Grants are for the sets as they are now, not as they were before somebody loaded a ruleset.
    followRuleset()
    carryOut(keeper.decide(frames, own: own, at: Self.now))
    return true
  }

  /// A gate says once that it is loaded, and then once that it is ready.
  private mutating func isInTurn(_ frames: [KeeperFrame]) -> Bool {
    for frame in frames {
      switch frame.body {
      case .loaded:
        guard gate.becameLoaded() else { return false }
        // What came in while no gate was there has waited too long.
        if gate.restarts > 0 { dropHeld() }
        // Its measure of load begins with idle sources.
        for channel in resources.sources.groups { channel.change(toBusy: false) }
        gate.begin(at: SystemClock.monotonic())
      case .ready:
        guard gate.becameReady(at: SystemClock.monotonic()) else { return false }
        resources.rings.markUsed(gate.rings)
        concludeReload()
      case .pace(let pace): change(to: pace)
      case .grant, .refusal, .held, .suspect: continue
      }
    }
    return true
  }

  /// In the middle of a reload the gate may still speak of sources that are gone.
  private func change(to pace: KeeperFrame.Pace) {
    let groups = resources.sources.groups
    guard groups.indices.contains(Int(pace.source)) else { return }
    groups[Int(pace.source)].change(toBusy: pace.isBusy)
  }

  /// A gate that closed its end is ending, or hides: a socket that stays readable for ever would keep the loop busy.
  private func hangUp(_ running: GateSupervisor.Running) {
    try? loop.remove(running.frames.descriptor)
    gate.kill()
  }

  /// No gate of ours writes such a thing: this one is in other hands or broken.
  private mutating func dismissGate() {
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
