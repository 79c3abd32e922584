// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What a known key asks for, as far as it may be shown: no secret and no code of a second factor.
package struct Claim: Hashable, Sendable {
  package enum Door: Hashable, Sendable {
    case named(Name)
    /// The user's default door; nil when he has none.
    case byDefault(Name?)
    /// No door of the configuration has this id.
    case unknown(DoorID)
    case services([Service])
    case forward(Service, ForwardTarget)
    /// The text of a command message; nothing but printable ASCII.
    case command(String)
  }

  package let user: Name
  package let key: Name
  /// Nil, as ``knock``, for a payload that makes no sense.
  package let door: Door?
  package let knock: Knock?
}
