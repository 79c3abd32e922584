// SPDX-License-Identifier: Apache-2.0
import CTestSupport
import Foundation

/// What somebody learns who tries to connect.
enum Answer: Equatable {
  case open
  /// A reset: a host is there, and nobody listens.
  case refused
  /// An ICMP error by a firewall.
  case prohibited
  /// Nothing within the time.
  case silence
  case other(Int32)

  init(_ error: Int32) {
    switch error {
    case 0: self = .open
    case ECONNREFUSED: self = .refused
    case EHOSTUNREACH, EACCES: self = .prohibited
    case ETIMEDOUT: self = .silence
    default: self = .other(error)
    }
  }
}

extension Lab {
  /// One attempt of the client, or of the host in `namespace`.
  func answer(_ address: String, _ port: UInt16, from namespace: String? = nil, milliseconds: Int32 = 400) -> Answer {
    Answer(unsafe support_answer_in("/run/netns/" + (namespace ?? client), address, port, milliseconds))
  }

  /// An answer that has to be good gets more time.
  func opens(_ address: String, _ port: UInt16, from namespace: String? = nil) -> Bool {
    answer(address, port, from: namespace, milliseconds: 3000) == .open
  }
}
