// SPDX-License-Identifier: Apache-2.0
import Foundation
import PosternPlatform

/// What tests of held packets need: the rules that suit this kernel, and measurements.
enum Hold {
  /// Whether nft of this kernel can queue.
  static let hasQueue = (try? Shell.run(["unshare", "--net", "nft", "-f", "-"], input: probe))?.status == 0
  private static let probe = "table inet probe { chain c { queue num 5; }; }"

  /// Why nothing can be held here; nil when it can.
  static let obstacle: String? = {
    if hasQueue { return nil }
    let rule = ["iptables-nft", "-t", "mangle", "-A", "INPUT", "-j", "NFQUEUE", "--queue-num", "5"]
    guard (try? Shell.run(["unshare", "--net"] + rule))?.status == 0 else {
      return "neither nft's queue nor iptables-nft (package iptables) with NFQUEUE"
    }
    return nil
  }()

  /// Makes the door hold first packets, and loads the rules that suit the kernel.
  static func install(in lab: Lab, hold: String, setSize: Int? = nil) throws {
    try lab.edit("postern.toml") { $0.replacingOccurrences(of: "longest = \"1h\"", with: "longest = \"1h\"\nhold = \"\(hold)\"") }
    let file = hasQueue ? "hold.nft" : "hold-without-queue.nft"
    var rules = try String(contentsOfFile: Lab.root + "/nft/" + file, encoding: .utf8)
    if let setSize { rules = rules.replacingOccurrences(of: "size 65536", with: "size \(setSize)") }
    try rules.write(toFile: lab.directory + "/hold.nft", atomically: true, encoding: .utf8)
    try Shell.must(lab.at(lab.gateway, ["nft", "-f", lab.directory + "/hold.nft"]))
    if !hasQueue { try Shell.must(lab.at(lab.gateway, [Lab.root + "/nft/hold-without-queue.sh"])) }
  }

  /// Closes the door and forgets who knocked, as if the two seconds were over.
  static func shut(_ lab: Lab, holds: Bool = true) throws {
    let sets = ["door4", "door6"] + (holds ? ["knocking4", "knocking6"] : [])
    let flushes = sets.map { "flush set inet postern \($0)\n" }.joined()
    try Shell.must(lab.at(lab.gateway, ["nft", "-f", "-"]), input: flushes)
  }

  /// Takes the IPv4 set away, as somebody does who is rewriting the ruleset; the rest of the guard stays.
  static func removeDoor(_ lab: Lab) throws {
    let listing = try Shell.must(lab.at(lab.gateway, ["nft", "-a", "list", "chain", "inet", "postern", "guard"]))
    let rule = listing.split(separator: "\n").first { $0.contains("@door4") } ?? ""
    guard let handle = rule.split(separator: " ").last else { throw Shell.Failure(description: "no rule of door4") }
    try Shell.must(
      lab.at(lab.gateway, ["nft", "-f", "-"]),
      input: "delete rule inet postern guard handle \(handle)\ndelete set inet postern door4\n")
  }

  /// Packets that the kernel holds: the third column of the queue's line.
  static func waiting(_ lab: Lab) throws -> Int {
    let lines = try Shell.must(lab.at(lab.gateway, ["cat", "/proc/thread-self/net/netfilter/nfnetlink_queue"]))
    let columns = lines.split(separator: "\n").first?.split(separator: " ") ?? []
    guard columns.count > 2, let count = Int(columns[2]) else { throw Shell.Failure(description: "no queue: \(lines)") }
    return count
  }

  /// Nanoseconds of each try that succeeded.
  static func times(_ count: Int, _ body: () throws -> Bool) rethrows -> [UInt64] {
    var times: [UInt64] = []
    for _ in 0..<count {
      let began = SystemClock.monotonic()
      if try body() { times.append(SystemClock.monotonic() - began) }
    }
    return times
  }

  /// What each of the tries answers, those apart that answer nothing.
  static func values<Value>(_ count: Int, _ body: () throws -> Value?) rethrows -> [Value] {
    try (0..<count).compactMap { _ in try body() }
  }

  static func percentile(_ share: Double, of times: [UInt64]) -> UInt64 {
    let sorted = times.sorted()
    guard !sorted.isEmpty else { return .max }
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
  }

  static func milliseconds(_ nanoseconds: UInt64) -> String { String(format: "%.2f ms", Double(nanoseconds) / 1e6) }

  static func summary(_ times: [UInt64]) -> String {
    "\(times.count), p50 \(milliseconds(percentile(0.5, of: times))), p99 \(milliseconds(percentile(0.99, of: times)))"
  }
}
