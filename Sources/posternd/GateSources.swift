// SPDX-License-Identifier: Apache-2.0
import PosternCapture
import PosternControl
import PosternPlatform
import PosternTables

/// The sockets that the gates of one configuration read: log groups and queues.
struct GateSources {
  let groups: [CaptureChannel]
  let queues: [QueueChannel]

  /// Takes over what `others` has of it, and binds the rest.
  init(of keeper: KeeperTables, sharing others: GateSources? = nil, patience milliseconds: UInt64 = 2000) throws(CaptureError) {
    groups = try keeper.groups.map { group throws(CaptureError) in
      if let shared = others?.groups.first(where: { $0.group == group }) { return shared }
      return try CaptureChannel(group: group, patience: milliseconds)
    }
    queues = try keeper.queues.map { queue throws(CaptureError) in
      if let shared = others?.queues.first(where: { $0.queue == queue }) { return shared }
      return try QueueChannel(queue: queue, patience: milliseconds)
    }
  }

  private init(groups: [CaptureChannel], queues: [QueueChannel]) {
    self.groups = groups
    self.queues = queues
  }

  /// What one of several gates reads: the first group is the first gate's, the second the second's, and so on in turn.
  func share(of place: Int, among gates: Int) -> GateSources {
    GateSources(
      groups: groups.indices.filter { $0 % gates == place }.map { groups[$0] },
      queues: place == 0 ? queues : [])
  }

  /// Under the numbers that a gate expects.
  var handed: [SpawnedProcess.Descriptor] {
    let first = GateLaunch.firstSource
    return groups.enumerated().map { $1.handed(as: first + Int32($0)) }
      + queues.enumerated().map { $1.handed(as: first + Int32(groups.count + $0)) }
  }

  /// What the kernel keeps for each at most, for operators.
  var buffers: [String] {
    groups.map { "group \($0.group): \($0.bufferSize) bytes" } + queues.map { "queue \($0.queue): \($0.bufferSize) bytes" }
  }
}
