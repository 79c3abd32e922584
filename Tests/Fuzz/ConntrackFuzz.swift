// SPDX-License-Identifier: Apache-2.0
// Feeds bytes to the readers of connection tracking's messages and of the file of open sessions. Built with swiftc beside the library's
// modules, not by SwiftPM.
import PosternKeeper
import PosternKnock
import PosternSets
import PosternWire

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConntrack(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  for event in bytes.withBytes({ FlowEvent.events(in: $0) }) {
    switch event {
    case .seen(let flow), .gone(let flow):
      precondition(flow.tuple.source.family == flow.tuple.destination.family)
      _ = flow.tuple.description
    case .overrun: preconditionFailure("no message says so")
    }
  }
  if let sessions = SessionRecords.decoded(bytes) { precondition(SessionRecords.encoded(sessions) == bytes) }
  return 0
}
