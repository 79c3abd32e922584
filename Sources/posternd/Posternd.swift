// SPDX-License-Identifier: Apache-2.0
import Glibc
import PosternPlatform

/// The keeper: holds CAP_NET_ADMIN and nothing else, never reads a packet.
@main
enum Posternd {
  static func main() {
    guard let options = ServerOptions(Array(CommandLine.arguments.dropFirst())) else {
      Notice.write(ServerOptions.usage)
      exit(ExitStatus.usage)
    }
    ProcessHardening.survivePipes()
    do {
      let runners = try rightsToStartPrograms(options)
      try confine()
      let startup = try Startup(options, runners)
      if options.checksOnly { exit(startup.report()) }
      var daemon = try startup.launch()
      exit(daemon.run())
    } catch {
      Notice.write(error.text)
      exit(error.status)
    }
  }

  /// Before they are given up: the one process that keeps them.
  private static func rightsToStartPrograms(_ options: ServerOptions) throws(StartFailure) -> Runners {
    do throws(PlatformError) {
      let rights = try RightsLink.rights()
      return Runners(rights, options.checksOnly ? nil : RightsLink.open(rights))
    } catch {
      throw StartFailure("\(error)", status: ExitStatus.permission)
    }
  }

  /// Before anything else, and before any other child: only CAP_NET_ADMIN stays, and nothing that is executed gets any.
  private static func confine() throws(StartFailure) {
    do throws(PlatformError) {
      try ProcessHardening.forbidDumps()
      try ProcessHardening.forbidNewPrivileges()
      guard try Capabilities.current().permitted.contains(.netAdmin) else {
        throw PlatformError("keep CAP_NET_ADMIN", EPERM)
      }
      _ = try Capabilities.keepOnly(.netAdmin)
    } catch {
      throw StartFailure("\(error)", status: ExitStatus.permission)
    }
  }
}
