// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternSets
import PosternTables

/// What `-t` looks at beside the text of the configuration: the host that it is for.
struct Inspection {
  /// What keeps knocks from opening doors.
  private(set) var faults: [String] = []
  /// What is worth knowing.
  private(set) var advice: [String] = []

  init(_ tables: KeeperTables, at now: Timestamp) {
    advice += tables.notices
    inspectSecrets(tables, at: now)
    inspectClock(tables)
    inspectPlaces(tables)
    for group in tables.groups { inspect(group: group, tables) }
    for queue in tables.queues { inspect(queue: queue, tables) }
    if !tables.queues.isEmpty { advice.append(Self.rulesThatHold()) }
    advice += TrackingSettings.advice
    if !Landlock.isSupported { advice.append("this kernel has no Landlock: the gate is confined by seccomp alone") }
  }

  private mutating func inspectSecrets(_ tables: KeeperTables, at now: Timestamp) {
    for secrets in [GatewaySecrets.keys(tables), .admissions(tables)] {
      advice += secrets.warnings(at: now)
      if secrets.areOver(at: now) { faults.append("every \(secrets.kind) has ended: nobody can knock") }
    }
  }

  private mutating func inspectClock(_ tables: KeeperTables) {
    guard !tables.clockIsTrusted, !SystemClock.isSynchronised else { return }
    faults.append("the kernel does not call the clock synchronised: no knock opens anything until it does")
  }

  private mutating func inspectPlaces(_ tables: KeeperTables) {
    note(FileAccess.trouble(writingInto: tables.stateDirectory), "the state directory \(tables.stateDirectory)")
    if let file = tables.auditFile { note(FileAccess.trouble(appendingTo: file), "the audit file \(file)") }
    // A service manager makes this one at start and removes it at the end.
    let place = FileAccess.directory(of: tables.controlSocket)
    guard FileAccess.exists(place) else {
      advice.append("the directory of the control socket, \(place), is missing: it has to be there at start (RuntimeDirectory=)")
      return
    }
    note(FileAccess.trouble(writingInto: place), "the directory of the control socket, \(place),")
  }

  private mutating func note(_ trouble: String?, _ what: String) {
    if let trouble { faults.append("\(what) cannot be used: \(trouble)") }
  }

  /// A group that another process holds is a fault, unless that process is most likely the daemon which runs on this configuration.
  private mutating func inspect(group: UInt16, _ tables: KeeperTables) {
    do throws(CaptureError) {
      let channel = try CaptureChannel(group: group, patience: 0)
      guard !channel.hasWholeBuffer else { return }
      advice.append(
        "NFLOG group \(group) gets a receive buffer of \(channel.bufferSize) bytes only: raise net.core.rmem_max to \(NetlinkSocket.wantedReceiveBuffer)"
      )
    } catch .groupTaken where Self.daemonRuns(tables) {
      advice.append("NFLOG group \(group) is taken, as it is while posternd runs")
    } catch {
      faults.append("\(error)")
    }
  }

  private mutating func inspect(queue: UInt16, _ tables: KeeperTables) {
    do throws(CaptureError) {
      _ = try QueueChannel(queue: queue, patience: 0)
    } catch .queueTaken where Self.daemonRuns(tables) {
      advice.append("NFQUEUE \(queue) is taken, as it is while posternd runs")
    } catch {
      faults.append("\(error)")
    }
  }

  /// Which rules hold first packets on this kernel.
  private static func rulesThatHold() -> String {
    do throws(SetError) {
      var socket = try NftSocket()
      return try socket.canQueue()
        ? "doors hold first packets: this kernel's nft can queue, load nft/hold.nft"
        : "doors hold first packets: this kernel's nft cannot queue, load nft/hold-without-queue.nft and run nft/hold-without-queue.sh"
    } catch {
      return "whether this kernel's nft can queue is not known: \(error)"
    }
  }

  private static func daemonRuns(_ tables: KeeperTables) -> Bool {
    (try? UnixConnection(connectingTo: tables.controlSocket)) != nil
  }
}
