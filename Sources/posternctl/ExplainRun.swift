// SPDX-License-Identifier: Apache-2.0
internal import PosternAuthority
internal import PosternCrypto
internal import PosternExplain
internal import PosternKnock
internal import PosternPcap
internal import PosternPlatform
internal import PosternTables
internal import PosternWire

/// The packets of one `posternctl explain`, one after another.
struct ExplainRun: ~Copyable {
  private let options: Explain
  private var explainer: Explainer
  private var tally = VerdictTally()
  /// Something could not be read; it was said which.
  private var isIncomplete = false

  init(_ options: Explain) throws(ExplainFailure) {
    self.options = options
    explainer = try Self.explainer(options)
  }

  private static func explainer(_ options: Explain) throws(ExplainFailure) -> Explainer {
    var configuration: CompiledConfiguration
    do throws(CompileError) { configuration = try CompiledConfiguration(path: options.config) } catch {
      throw ExplainFailure(error)
    }
    defer { configuration.erase() }
    let replay = try RingCopy.memory(ring: options.ring, configuration.keeper.rings)
    var tables = configuration.gate
    do throws(CryptoError) {
      return try Explainer(
        gateTables: &tables, keeperTables: configuration.keeper, replay: replay, own: Set(options.own))
    } catch {
      throw ExplainFailure(error)
    }
  }

  /// Examines everything; throws ``ExplainFailure/unreadable`` at the end when some of it could not be.
  mutating func examine(_ inputs: [PacketInput]) throws(ExplainFailure) {
    for input in inputs {
      switch input {
      case .packet(let packet): examine(packet)
      case .file(let name, let bytes): examine(bytes, named: name)
      }
    }
    if !options.json { Terminal.show([tally.line]) }
    guard !isIncomplete else { throw .unreadable }
  }

  private mutating func examine(_ bytes: [UInt8], named name: String) {
    if bytes.withBytes({ CaptureFileReader.recognises($0) }) {
      examineCapture(bytes, named: name)
    } else {
      examineLines(bytes, named: name)
    }
  }

  // MARK: Hexadecimal

  private mutating func examineLines(_ bytes: [UInt8], named name: String) {
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let text = String(decoding: line, as: UTF8.self)
      guard !PacketText.isBlank(text) else { continue }
      guard let packet = PacketText(text) else {
        complain("\(name):\(index + 1): neither a capture nor a packet in hexadecimal")
        return
      }
      examine(packet)
    }
  }

  private mutating func examine(_ packet: PacketText) {
    let bytes = options.from.map { Self.datagram(packet.bytes, from: $0) } ?? packet.bytes
    let prefix = Array((options.prefix ?? KnockProtocol.spa.description).utf8)
    let now = time(packet.time)
    show(bytes.withBytes { bytes in prefix.withBytes { explainer.explain(bytes, prefix: $0, at: now) } })
  }

  /// The headers that a bare knock lost; what is not known of them is zero.
  private static func datagram(_ data: [UInt8], from source: IPAddress) -> [UInt8] {
    let nowhere: IPAddress =
      switch source.family {
      case .ipv4: .v4(.zero)
      case .ipv6: .v6(.zero)
      }
    return PacketBuilder(from: source, to: nowhere)?.udp(from: 0, to: 0, payload: data) ?? data
  }

  // MARK: Captures

  private mutating func examineCapture(_ bytes: [UInt8], named name: String) {
    bytes.withBytes { file in
      do throws(CaptureFlaw) {
        var reader = try CaptureFileReader(file)
        while let record = try reader.next(in: file) { examine(record, in: file) }
      } catch {
        complain("\(name): \(error)")
      }
    }
  }

  private mutating func examine(_ record: CaptureRecord, in file: RawSpan) {
    let frame = file.extracting(record.bytes)
    let now = time(record.time)
    do throws(LinkFrame.Flaw) {
      let opened = try LinkFrame(frame, of: record)
      let prefix = prefix(opened, frame)
      show(prefix.withBytes { explainer.explain(frame.extracting(opened.packet), prefix: $0, isCut: record.isCut, at: now) })
    } catch {
      show(explainer.passOver("\(error)", byteCount: frame.byteCount, at: now))
    }
  }

  private func prefix(_ opened: LinkFrame, _ frame: RawSpan) -> [UInt8] {
    if let prefix = options.prefix { return Array(prefix.utf8) }
    return opened.prefix.map { frame.extracting($0).copied() } ?? Array(KnockProtocol.spa.description.utf8)
  }

  // MARK: Words

  private func time(_ own: Timestamp?) -> Timestamp { options.at ?? own ?? SystemClock.now() }

  private mutating func show(_ explanation: Explanation) {
    tally.count(explanation.verdict)
    Terminal.show(options.json ? [explanation.json] : explanation.text)
  }

  private mutating func complain(_ text: String) {
    isIncomplete = true
    Terminal.complain("posternctl: \(text)")
  }
}
