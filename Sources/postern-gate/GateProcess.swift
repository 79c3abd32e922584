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

  private let generation: UInt32
  private let frames: SeqpacketSocket
  private let ring: ReplayRing
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

    init(_ log: consuming LogSource) { self.log = log }

    /// Datagrams that a full buffer holds at most: each occupies a struct sk_buff and the smallest allocation behind it.
    var capacity: UInt64 { UInt64(log.socket.receiveBuffer / 512) }
  }

  /// Takes over the descriptors, loads tables and ring, and gives up every right. Throws when any of it fails: a gate that is not
  /// confined does not run.
  init(_ launch: GateLaunch) throws {
    try ProcessHardening.forbidDumps()
    try ProcessHardening.forbidNewPrivileges()
    try ProcessHardening.dieWithParent(getppid())
    let frames = try SeqpacketSocket(adopting: try .inherited(GateLaunch.frames))
    let counters = try CountersPage(adopting: try .inherited(GateLaunch.counters), count: Counter.pageSlots)
    let ring = ReplayRing(descriptor: try OwnedDescriptor.inherited(GateLaunch.ring).release())
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
    let replay = try Self.replay(ring, boot, launch)
    self.frames = frames
    self.counters = counters
    self.ring = ring
    self.sources = sources
    self.queues = queues
    undecided = UndecidedPackets(capacities: sources.map(\.capacity))
    gate = prepared.begin(replay: replay, clockIsSynchronised: SystemClock.isSynchronised, at: SystemClock.now())
    self.loop = loop
    generation = launch.generation
    ringState = KeeperFrame.RingState(replay, launch.history)
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

  private static func replay(_ ring: borrowing ReplayRing, _ boot: BootIdentity, _ launch: GateLaunch) throws -> ReplayState {
    let loaded = try ring.load()
    let identity = RingIdentity(boot: boot.boot, machine: boot.machine, gateway: launch.gatewayFingerprint)
    return ReplayState(loaded.reading, layout: loaded.layout, identity: identity, history: launch.history)
  }

  // MARK: Running

  /// Until the keeper ends the frame socket. What was received is decided and told before that; what waits in the sources is the next
  /// gate's.
  mutating func run() throws {
    hasNews = true
    told = [.ready(ringState)]
    try settle()
    while true {
      let count = try loop.wait(milliseconds: 1000)
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

  /// The first datagram is settled at once: a lone knock does not wait for a look whether more has come. What follows it is settled
  /// together.
  private mutating func receive(from source: Source) throws {
    source.isEmpty = false
    for round in 0..<Self.datagramsPerWake {
      guard try source.log.receive() else {
        source.isEmpty = true
        break
      }
      source.reads += 1
      let now = SystemClock.now()
      source.log.forEachPacket { packet in
        take(gate.receive(packet.payload, prefix: packet.prefix, at: now))
      }
      if round == 0 { try settle() }
    }
    count(source)
  }

  private mutating func receive(from queue: Queue) throws {
    for _ in 0..<Self.datagramsPerWake {
      guard try queue.source.receive() else { break }
      queue.source.forEachPacket { packet in
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

  private mutating func take(_ outcome: Gate.Outcome) {
    switch outcome {
    case .refused(let denial): counters.increment(Counter.place(of: denial))
    case .refusedKnown(let refusal):
      counters.increment(Counter.place(of: refusal.denial))
      told.append(.refusal(refusal))
      hasNews = true
    case .granted(let grant):
      counters.increment(Counter.grants.rawValue)
      told.append(.grant(grant))
      hasNews = true
    }
  }

  /// Ends a wake-up: the records first, then the frames. Without its record no grant leaves.
  private mutating func settle() throws {
    guard hasNews else { return }
    hasNews = false
    let batch = gate.unwritten()
    if !batch.isEmpty {
      do throws(StateError) {
        try ring.write(batch)
        gate.markWritten(batch)
      } catch {
        counters.increment(Counter.ringWriteFailures.rawValue)
        withdrawGrants()
      }
    }
    try tell()
  }

  private mutating func withdrawGrants() {
    told = told.map { body in
      guard case .grant(let grant) = body else { return body }
      counters.increment(Counter.place(of: .stateUnwritable))
      let source = grant.ipv4.map { IPAddress.v4($0.address) } ?? grant.ipv6.map { .v6($0.address) } ?? .v4(.zero)
      return .refusal(.init(denial: .stateUnwritable, key: grant.key, source: source, skew: .seconds(0)))
    }
  }

  private mutating func tell() throws(PlatformError) {
    var rest = told[...]
    while !rest.isEmpty {
      var writer = WireWriter(capacity: KeeperFrame.messageLimit * KeeperFrame.byteCount)
      for body in rest.prefix(KeeperFrame.messageLimit) {
        KeeperFrame(generation: generation, body: body).encode(into: &writer)
      }
      // Waits while the keeper is busy: packets wait in the sockets meanwhile, and those have room.
      let message = writer.bytes
      _ = try message.withBytes { bytes throws(PlatformError) in try frames.send(bytes, waits: true) }
      rest = rest.dropFirst(KeeperFrame.messageLimit)
    }
    told.removeAll(keepingCapacity: true)
  }

  private func count(_ source: Source) {
    let now = source.log.counters
    let before = source.counted
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

extension KeeperFrame.RingState {
  init(_ replay: ReplayState, _ history: RingHistory) {
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
