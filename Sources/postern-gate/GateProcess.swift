// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternAuthority
import PosternCapture
import PosternControl
import PosternCrypto
import PosternGate
import PosternKnock
import PosternPlatform
import PosternState
import PosternTables
import PosternWire

/// The gate as a process: descriptors in, frames out, one thread. What it decides is PosternGate's.
struct GateProcess: ~Copyable {
  private enum Token {
    static let frames: UInt64 = 1
    static let firstQueue: UInt64 = 8
    static let firstSource: UInt64 = 16
  }

  /// Datagrams of one source in one wake-up, so that others get their turn and grants leave soon.
  private static let datagramsPerWake = 64
  /// The largest tables that are believed: 10,000 keys take 2 MB.
  private static let tablesLimit = 64 << 20
  private static let second: UInt64 = 1_000_000_000
  /// Milliseconds until the next look at the clock when nothing comes; under load soon enough to see that it is over.
  private static let beat: (idle: CInt, busy: CInt) = (1000, 50)

  private let generation: UInt32
  private let frames: SeqpacketSocket
  private let rings: Rings
  private let keyStates: KeyStateFile
  private let writesKeyStates: Bool
  private let counters: CountersPage
  private let sources: [Source]
  private let queues: [Queue]
  private var loop: EventLoop
  private var gate: Gate
  private let ringState: KeeperFrame.RingState
  private var clockAsked: UInt64 = 0
  /// What this wake-up tells the keeper, once its records are written.
  private var told: [KeeperFrame.Body] = []
  /// Whether there is something to tell, or to write.
  private var hasNews = false
  private var undecided: UndecidedPackets

  /// An NFLOG socket and what was counted of it so far.
  private final class Source {
    var log: LogSource
    var counted = CaptureCounters()
    /// Datagrams so far, and whether none was left at the last look.
    var reads: UInt64 = 0
    var isEmpty = false
    var load = LoadMeter()

    init(_ log: consuming LogSource) { self.log = log }

    /// Datagrams that a full buffer holds at most: each occupies a struct sk_buff and the smallest allocation behind it.
    var capacity: UInt64 { UInt64(log.socket.receiveBuffer / 512) }
  }

  /// Takes over the descriptors, loads tables and ring, and gives up every right. Throws when any of it fails: a gate that is not
  /// confined does not run.
  init(_ launch: GateLaunch) throws {
    MemoryReturn.returnLargeBlocks()
    try ProcessHardening.forbidDumps()
    try ProcessHardening.forbidNewPrivileges()
    try ProcessHardening.dieWithParent(getppid())
    let frames = try SeqpacketSocket(adopting: try .inherited(GateLaunch.frames))
    let counters = try CountersPage(adopting: try .inherited(GateLaunch.counters), count: Counter.pageSlots)
    let rings = try Rings(launch)
    let keyStates = KeyStateFile(descriptor: try OwnedDescriptor.inherited(GateLaunch.keyStates).release())
    let sockets = GateLaunch.firstSource
    let sources = try (0..<launch.sources).map { index in
      Source(LogSource(try NetlinkSocket(adopting: try .inherited(sockets + Int32(index)))))
    }
    let queues = try (0..<launch.queues).map { index in
      Queue(QueueSource(try NetlinkSocket(adopting: try .inherited(sockets + Int32(launch.sources + index)))))
    }
    var tables = try Self.tables()
    let prepared = try PreparedGate(tables: &tables, seed: try Randomness.bytes32().high.high, at: SystemClock.now())
    let boot = try BootIdentity()
    let loop = try Self.loop(over: frames, sources, queues)
    try Confinement.apply()
    try Self.awaitTurn(frames, launch)
    let replay = try rings.load(
      RingIdentity(boot: boot.boot, machine: boot.machine, gateway: launch.gatewayFingerprint),
      latest: launch.latest)
    let states = try Self.states(keyStates, boot, launch, prepared.trackedKeys)
    self.frames = frames
    self.counters = counters
    self.rings = rings
    self.keyStates = keyStates
    writesKeyStates = launch.place == 0
    self.sources = sources
    self.queues = queues
    undecided = UndecidedPackets(capacities: sources.map(\.capacity))
    gate = prepared.begin(
      replay: replay, states: states, clockIsSynchronised: SystemClock.isSynchronised, at: SystemClock.now())
    self.loop = loop
    generation = launch.generation
    ringState = rings.state(of: replay)
  }

  private static func loop(
    over frames: borrowing SeqpacketSocket, _ sources: [Source], _ queues: [Queue]
  ) throws(PlatformError) -> EventLoop {
    let loop = try EventLoop()
    try loop.add(frames.descriptor, token: Token.frames, for: .peerEnd)
    for (index, source) in sources.enumerated() {
      try loop.add(source.log.socket.descriptor, token: Token.firstSource + UInt64(index))
    }
    for (index, queue) in queues.enumerated() {
      try loop.add(queue.source.socket.descriptor, token: Token.firstQueue + UInt64(index))
    }
    return loop
  }

  private static func tables() throws -> GateTables {
    let file = try MemoryFile(adopting: try .inherited(GateLaunch.tables), limit: tablesLimit)
    return try file.withBytes { bytes throws(WireError) in try GateTables(decoding: bytes) }
  }

  /// The keeper gives the word when no other gate uses the ring and the sources; one that goes away instead ends this gate too.
  private static func awaitTurn(_ frames: borrowing SeqpacketSocket, _ launch: GateLaunch) throws {
    var writer = WireWriter(capacity: KeeperFrame.byteCount)
    KeeperFrame(generation: launch.generation, body: .loaded).encode(into: &writer)
    let message = writer.bytes
    _ = try message.withBytes { bytes throws(PlatformError) in try frames.send(bytes, waits: true) }
    var buffer = [UInt8](repeating: 0, count: GateLaunch.begin.count)
    guard try frames.receive(into: &buffer, waits: true) == .bytes(GateLaunch.begin.count), buffer == GateLaunch.begin else {
      exit(EXIT_SUCCESS)
    }
  }

  /// The state directory's history is that of the ring of `spa`, which is always there.
  private static func states(
    _ file: borrowing KeyStateFile, _ boot: BootIdentity, _ launch: GateLaunch, _ keys: [KeyStates.Tracked]
  ) throws -> KeyStates {
    let loaded = try file.load()
    let history = launch.rings.first { $0.kind == .spa }?.history ?? .known
    return KeyStates(loaded.reading, layout: loaded.layout, machine: boot.machine, history: history, tracking: keys)
  }

  // MARK: Running

  /// Until the keeper ends the frame socket. What was received is decided and told before that; what waits in the sources is the next
  /// gate's.
  mutating func run() throws {
    MemoryReturn.forgetStart()
    hasNews = true
    told = [.ready(ringState)]
    try settle()
    while true {
      let count = try loop.wait(milliseconds: sources.contains { $0.load.isBusy } ? Self.beat.busy : Self.beat.idle)
      observeClock()
      let tokens = (0..<count).map { loop[$0].token }
      // Packets before knocks: what was logged before them is read behind them.
      for (index, queue) in queues.enumerated() where tokens.contains(Token.firstQueue + UInt64(index)) {
        try receive(from: queue)
      }
      for (index, source) in sources.enumerated()
      where !undecided.isEmpty || tokens.contains(Token.firstSource + UInt64(index)) {
        try receive(from: source)
      }
      tellPace()
      for outcome in gate.endWaiting(at: tokens.contains(Token.frames) ? nil : SystemClock.now()) { take(outcome) }
      tellHeld(isEnding: tokens.contains(Token.frames))
      try settle()
      if tokens.contains(Token.frames) { return }
    }
  }

  private mutating func observeClock() {
    let uptime = SystemClock.monotonic()
    guard uptime - clockAsked >= Self.second else { return }
    clockAsked = uptime
    gate.observeClock(isSynchronised: SystemClock.isSynchronised, at: SystemClock.now())
  }

  /// A lone datagram is settled at once, and whether more has come the next wait tells. Under load all that there is is settled together,
  /// and where a held packet waits for what was logged before it, all that there is is read.
  private mutating func receive(from source: Source) throws {
    source.isEmpty = false
    for _ in 0..<Self.datagramsPerWake {
      guard try source.log.receive() else {
        source.isEmpty = true
        break
      }
      source.reads += 1
      let now = SystemClock.now()
      source.log.forEachPacket { packet in
        take(gate.receive(packet.payload, prefix: packet.prefix, at: now))
      }
      tellSuspects()
      guard source.load.isBusy || !undecided.isEmpty else {
        try settle()
        break
      }
    }
    count(source)
  }

  private mutating func receive(from queue: Queue) throws {
    for _ in 0..<Self.datagramsPerWake {
      guard try queue.source.receive() else { break }
      let now = SystemClock.now()
      queue.source.forEachPacket { packet in
        // What this packet lets leave stands before the word that it is decided.
        for outcome in gate.receive(held: packet.headers, at: now) { take(outcome) }
        let source = IPAddress(sourceOf: packet.headers) ?? .v4(.zero)
        undecided.add(.init(queue: packet.queue, id: packet.id, source: source), reads: sources.map(\.reads))
      }
    }
    queue.count(into: counters)
  }

  /// Tells of packets behind the knocks that were logged before them; a gate that ends leaves none behind.
  private mutating func tellHeld(isEnding: Bool) {
    guard !undecided.isEmpty else { return }
    let news = isEnding ? undecided.end() : undecided.news(reads: sources.map(\.reads), empty: sources.map(\.isEmpty))
    told += news.map { .held($0) }
    if !news.isEmpty { hasNews = true }
  }

  /// Asks for more packets in a datagram where many come, and for each at once where few do.
  private mutating func tellPace() {
    let now = SystemClock.monotonic()
    for (index, source) in sources.enumerated() {
      guard source.load.turns(at: now) else { continue }
      told.append(.pace(.init(source: UInt16(index), isBusy: source.load.isBusy)))
      hasNews = true
    }
  }

  private mutating func tellSuspects() {
    let suspects = gate.takeSuspects()
    guard !suspects.isEmpty else { return }
    told += suspects.map { .suspect($0) }
    hasNews = true
  }

  private mutating func take(_ outcome: Gate.Outcome) {
    switch outcome {
    case .refused(let denial): counters.increment(Counter.place(of: denial))
    case .step: counters.increment(Counter.steps.rawValue)
    case .refusedKnown(let refusal):
      counters.increment(Counter.place(of: refusal.denial))
      told.append(.refusal(refusal))
      hasNews = true
    case .granted(let grants):
      counters.increment(Counter.grants.rawValue, by: UInt64(grants.count))
      for grant in grants { told.append(.grant(grant)) }
      hasNews = true
    }
  }

  /// Ends a wake-up: the records first, then the frames. Without its record no grant leaves.
  private mutating func settle() throws {
    guard hasNews else { return }
    hasNews = false
    do throws(StateError) {
      try write()
    } catch {
      counters.increment(Counter.ringWriteFailures.rawValue)
      withdrawGrants()
    }
    try tell()
  }

  private mutating func write() throws(StateError) {
    for batch in gate.unwritten() {
      try rings.write(batch)
      gate.markWritten(batch)
    }
    guard writesKeyStates else { return }
    let states = gate.unwrittenStates()
    guard !states.isEmpty else { return }
    try keyStates.write(states)
    gate.markWritten(states)
  }

  private mutating func withdrawGrants() {
    told = told.map { body in
      guard case .grant(let grant) = body else { return body }
      counters.increment(Counter.place(of: .stateUnwritable))
      let source = grant.ipv4.map { IPAddress.v4($0.address) } ?? grant.ipv6.map { .v6($0.address) } ?? .v4(.zero)
      return .refusal(.init(denial: .stateUnwritable, key: grant.key, source: source, skew: .seconds(0), spent: grant.knock.low))
    }
  }

  private mutating func tell() throws(PlatformError) {
    var rest = told[...]
    while !rest.isEmpty {
      let message = rest.prefix(KeeperFrame.messageLimit)
      var writer = WireWriter(capacity: message.count * KeeperFrame.byteCount)
      for body in message { KeeperFrame(generation: generation, body: body).encode(into: &writer) }
      // Waits while the keeper is busy: packets wait in the sockets meanwhile, and those have room.
      _ = try writer.bytes.withBytes { bytes throws(PlatformError) in try frames.send(bytes, waits: true) }
      rest = rest.dropFirst(KeeperFrame.messageLimit)
    }
    told.removeAll(keepingCapacity: true)
  }

  private func count(_ source: Source) {
    let now = source.log.counters
    let before = source.counted
    source.load.add(now.packets &- before.packets)
    counters.increment(Counter.packets.rawValue, by: now.packets &- before.packets)
    counters.increment(Counter.datagrams.rawValue, by: now.datagrams &- before.datagrams)
    counters.increment(Counter.lostBySequence.rawValue, by: now.lostBySequence &- before.lostBySequence)
    counters.increment(Counter.overruns.rawValue, by: now.overruns &- before.overruns)
    counters.increment(Counter.truncated.rawValue, by: now.truncated &- before.truncated)
    counters.increment(Counter.foreignSenders.rawValue, by: now.foreignSenders &- before.foreignSenders)
    counters.increment(Counter.otherMessages.rawValue, by: now.otherMessages &- before.otherMessages)
    source.counted = now
  }
}
