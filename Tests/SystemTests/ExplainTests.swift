// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternKnock
import PosternWire
import Testing

/// `posternctl explain` and a real knock: what an ordinary user reads off a capture is what happened, and nothing is touched.
extension SystemSuite {
  @Suite struct ExplainTests {
    /// tcpdump on something of the gateway's, until the test ends it.
    private final class Capture {
      let file: String
      private let process = Process()
      private let words: String

      init(_ lab: Lab, _ name: String, _ arguments: [String]) throws {
        file = "\(lab.directory)/\(name).pcap"
        words = "\(lab.directory)/\(name).log"
        _ = FileManager.default.createFile(atPath: words, contents: nil)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // -U: what is captured is in the file at once. -Z: the file is root's, like everything of the lab.
        process.arguments = lab.at(lab.gateway, ["tcpdump", "-n", "-U", "-Z", "root", "-w", file] + arguments)
        process.standardError = FileHandle(forWritingAtPath: words)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        guard Shell.wait(seconds: 10, { log.contains("listening on") }) else {
          end()
          throw Shell.Failure(description: "tcpdump does not listen: \(log)")
        }
      }

      deinit { end() }

      var log: String { (try? String(contentsOfFile: words, encoding: .utf8)) ?? "" }

      func end() {
        guard process.isRunning else { return }
        // Other signals are blocked in what a test starts.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }

      /// Ends once there is more in the file than its header.
      func end(whenMoreThan bytes: Int) {
        _ = Shell.wait {
          ((try? FileManager.default.attributesOfItem(atPath: file)[.size]) as? Int ?? 0) > bytes
        }
        end()
      }
    }

    /// Words in front of a command that make it run without any right: as nobody; in a namespace with one user as that one, but
    /// without a single capability.
    private static let ordinary: [String] = {
      let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]
      if (try? Shell.run(nobody + ["true"]))?.status == 0 { return nobody }
      return ["setpriv", "--inh-caps=-all", "--bounding-set=-all", "--"]
    }()

    /// The gateway's configuration and keys in the hands of the ordinary user, and a copy of its ring.
    private func handOver(_ lab: Lab) throws -> String {
      let directory = lab.directory + "/copy"
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      for name in ["postern.toml", "gateway.key", "admission.key", "laptop.psk", "replay.ring"] {
        try FileManager.default.copyItem(atPath: "\(lab.directory)/\(name)", toPath: "\(directory)/\(name)")
      }
      // Where there is no nobody, root without rights owns it.
      _ = try Shell.run(["chown", "-R", "65534:65534", directory])
      return directory
    }

    private func explain(_ directory: String, _ words: [String]) throws -> (
      status: Int32, objects: [[String: Any]], errors: String
    ) {
      let command = ["\(Lab.binaries)/posternctl", "explain", "-c", "\(directory)/postern.toml", "--json"]
      let run = try Shell.run(Self.ordinary + command + words)
      let objects = run.output.split(separator: "\n").compactMap {
        (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
      }
      return (run.status, objects, run.errors)
    }

    /// tcpdump changes its user even when it shall stay who it is, which takes more than one user's namespace.
    private static let obstacle: String? = {
      guard (try? Shell.run(["tcpdump", "--version"]))?.status == 0 else { return "tcpdump is not installed" }
      return ordinary.contains("--reuid") ? nil : "tcpdump does not run in a user namespace"
    }()

    @Test(.enabled(if: obstacle == nil, Comment(rawValue: obstacle ?? ""))) func aCapturedKnockIsGrantedAgain() throws {
      let lab = try Lab()
      defer { lab.down() }
      try lab.start()
      try Shell.must(
        lab.at(lab.gateway, ["nft", "-f", "-"]),
        input: """
          table inet spy {
            chain spy {
              type filter hook prerouting priority raw - 10; policy accept;
              udp dport 62201 log prefix "spa:lab" group 7
            }
          }
          """)
      let wire = try Capture(lab, "wire", ["-i", "gate0", "udp port 62201"])
      let log = try Capture(lab, "log", ["-i", "nflog:7"])

      let sender = try lab.sender()
      sender.send([UInt8](repeating: 0x0a, count: 184))
      let knock = try lab.knock(lab.clientV4, lab.clientV6)
      sender.send(knock)
      try #require(Shell.wait { (try? lab.isOpen(lab.clientV4)) == true })
      let element = try #require(try lab.elements("door4").first)
      sender.send(knock)
      wire.end(whenMoreThan: 24 + 3 * (16 + 14 + 212) - 1)
      log.end(whenMoreThan: 24 + 3 * (16 + 4 + 212) - 1)

      let ring = try Data(contentsOf: URL(fileURLWithPath: lab.directory + "/replay.ring"))
      let directory = try handOver(lab)
      for (capture, prefix) in [(wire, "spa"), (log, "spa:lab")] {
        let run = try explain(directory, [capture.file])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.objects.map { $0["verdict"] as? String } == ["refused", "granted", "refused"], "\(prefix): \(run.objects)")
        #expect(run.objects.map { $0["reason"] as? String } == ["wrong-tag", nil, "duplicate"])
        #expect(run.objects.allSatisfy { $0["prefix"] as? String == prefix && $0["source"] as? String == lab.clientV4 })
        let granted = try #require(run.objects.dropFirst().first)
        #expect(
          granted["user"] as? String == "alice" && granted["key"] as? String == "laptop" && granted["door"] as? String == lab.door
        )
        // The kernel hands a log on after a second, and then its time is taken.
        #expect(abs(try #require(granted["skew"] as? Double)) < 3)
        let elements = try #require(granted["elements"] as? [[String: Any]])
        #expect(elements.compactMap { $0["set"] as? String } == ["inet postern door4", "inet postern door6"])
        #expect(elements.compactMap { $0["element"] as? String } == ["\(lab.clientV4) . tcp . 22", "\(lab.clientV6) . tcp . 22"])
        // As the kernel has it.
        #expect(elements.allSatisfy { $0["comment"] as? String == element.comment })
        #expect(elements.allSatisfy { $0["timeout-ms"] as? Int == element.timeout * 1000 })
      }
      // The ring of the gateway that took it knows it.
      let known = try explain(directory, ["--ring", "\(directory)/replay.ring", wire.file])
      #expect(known.objects.map { $0["reason"] as? String } == ["wrong-tag", "replay", "duplicate"], "\(known)")

      #expect(try Data(contentsOf: URL(fileURLWithPath: lab.directory + "/replay.ring")) == ring, "the live ring is as it was")
      #expect(try lab.elements("door4").count == 1 && lab.auditEvents("grant").count == 1)
    }

    @Test func withoutTheKeysItSaysSo() throws {
      let lab = try Lab()
      defer { lab.down() }
      _ = unsafe chmod(lab.directory + "/gateway.key", 0o000)
      let run = try explain(lab.directory, ["4500"])
      #expect(run.status == 78 && run.objects.isEmpty)
      #expect(run.errors.contains("gateway.key") && run.errors.contains("Permission denied"), "\(run.errors)")
    }
  }
}
