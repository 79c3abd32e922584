// SPDX-License-Identifier: Apache-2.0
package import PosternPlatform

/// Why a log group or a queue cannot be had, in words for operators.
package enum CaptureError: Error, Hashable, Sendable, CustomStringConvertible {
  case groupTaken(UInt16)
  case notPermitted(UInt16)
  case queueTaken(UInt16)
  case queueNotPermitted(UInt16)
  case system(PlatformError)

  package var description: String {
    switch self {
    case .groupTaken(let group): "NFLOG group \(group) has another owner"
    case .notPermitted(let group): "NFLOG group \(group) needs the capability CAP_NET_ADMIN"
    case .queueTaken(let queue): "NFQUEUE \(queue) has another owner"
    case .queueNotPermitted(let queue): "NFQUEUE \(queue) needs the capability CAP_NET_ADMIN"
    case .system(let error): error.description
    }
  }
}
