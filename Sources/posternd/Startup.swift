// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternAuthority
import PosternCapture
import PosternControl
import PosternKeeper
import PosternKnock
import PosternPlatform
import PosternRunner
import PosternSets
import PosternState
import PosternTables

/// From command line to running daemon: everything that can be wrong is found here, before the first packet.
struct Startup: ~Copyable {
  private let options: ServerOptions
  private let configuration: CompiledConfiguration
  private var sets: DoorSets
  private let ruleset: RulesetWatch
  private let keeper: Keeper
  private let complaints: [String]
  private let runners: Runners

  /// Compiles the configuration and looks at the sets.
  init(_ options: ServerOptions, _ runners: Runners) throws(StartFailure) {
    let configuration = try Compilation(of: options.configuration).finish()
    let ledger = LedgerFile(in: configuration.keeper.stateDirectory).load()
    var keeper = Keeper(tables: configuration.keeper, generation: 1, ledger: ledger)
    var sets = try Self.sets(keeper.rules.catalog)
    ruleset = try Self.watch(ignoring: sets.portID)
    sets.look()
    _ = keeper.take(sets.layouts)
    complaints = sets.complaints(keeper.rules)
    self.options = options
    self.runners = runners
    self.keeper = keeper
    self.configuration = configuration
    self.sets = sets
  }

  private static func sets(_ catalog: SetCatalog) throws(StartFailure) -> DoorSets {
    do throws(SetError) {
      return try DoorSets(catalog)
    } catch {
      throw StartFailure("nftables: \(error)", status: ExitStatus.unavailable)
    }
  }

  /// Before the sets are read: what happens to them meanwhile is heard.
  private static func watch(ignoring own: UInt32) throws(StartFailure) -> RulesetWatch {
    do throws(SetError) {
      return try RulesetWatch(ignoring: own)
    } catch {
      throw StartFailure("nftables: \(error)", status: ExitStatus.unavailable)
    }
  }

  /// Says what `-t` found; answers the exit status.
  consuming func report() -> Int32 {
    let inspection = Inspection(configuration.keeper, at: SystemClock.now())
    let actions = configuration.keeper.actions
    let faults = complaints + inspection.faults + runners.rights.complaints(actions) + ActionFaults.list(actions)
    for text in inspection.advice + runners.rights.advice(actions) + keeper.rules.catalog.notices + faults { Notice.write(text) }
    guard faults.isEmpty else { return ExitStatus.configuration }
    Notice.write("the configuration is good")
    return 0
  }

  /// Opens what the daemon needs and takes over the leases that stand in the sets.
  ///
  /// A set that is missing or does not suit is an alarm, not an end: the administrator may load it later, and other doors work.
  consuming func launch() throws(StartFailure) -> Daemon {
    let tables = configuration.keeper
    for notice in tables.notices + GatewaySecrets.warnings(tables, at: SystemClock.now()) { Notice.write(notice) }
    do {
      let resources = try GateResources(opening: tables)
      let audit = try AuditTrail(tables, at: Daemon.now)
      let gates = try resources.gates(
        of: configuration, generation: keeper.rules.generation, isNewGateway: options.isNewGateway)
      return try Daemon(
        keeper: keeper, sets: sets, ruleset: ruleset, flows: try FlowWatch(tables.marks), audit: audit,
        listener: try UnixListener(path: tables.controlSocket, mode: tables.access.socketMode), gates: gates,
        resources: resources, runners: runners, configuration: options.configuration, alarms: complaints)
    } catch let failure as StartFailure {
      throw failure
    } catch let error as StateError {
      throw StartFailure("state: \(error)", status: ExitStatus.stateIO)
    } catch {
      throw StartFailure("\(error)", status: ExitStatus.unavailable)
    }
  }
}
