// SPDX-License-Identifier: Apache-2.0
package import PosternControl
package import PosternKnock
package import PosternWire

/// One line of the audit: a decision or a change that an operator may have to answer for.
package enum AuditEvent: Hashable, Sendable {
  package enum Ending: String, Hashable, Sendable {
    case expired
    /// A flow came through the one-shot door.
    case taken
    case closedByUser = "closed-by-user"
    case closedByOperator = "closed-by-operator"
    /// A new configuration has no place for it.
    case noLongerConfigured = "no-longer-configured"
    /// Its set came back and would not take it.
    case notRestored = "not-restored"
  }

  package struct Refusal: Hashable, Sendable {
    package var denial: Denial
    /// Nil only for a frame that names no configured key.
    package var user: Name?
    package var key: Name?
    package var door: Name?
    package var source: IPAddress?
    /// The knock's stamp minus the gateway's clock.
    package var skew: Timestamp.Span?
    /// Refusals of the same kind that were not written since the last line.
    package var heldBack: UInt64 = 0

    package init(
      denial: Denial, user: Name? = nil, key: Name? = nil, door: Name? = nil, source: IPAddress? = nil,
      skew: Timestamp.Span? = nil
    ) {
      self.denial = denial
      self.user = user
      self.key = key
      self.door = door
      self.source = source
      self.skew = skew
    }
  }

  package struct Revocation: Hashable, Sendable {
    package var user: Name
    /// How many leases were to be closed.
    package var leases: Int
    /// What others hold of them, and what administrators added.
    package var stays: [DoorElement]
    /// What others are known to hold since before this daemon started, and the user may hold with them.
    package var unseen: [DoorElement]

    package init(user: Name, leases: Int, stays: [DoorElement], unseen: [DoorElement]) {
      self.user = user
      self.leases = leases
      self.stays = stays
      self.unseen = unseen
    }
  }

  case started(generation: UInt32)
  case stopped
  case gateReady(generation: UInt32, ring: KeeperFrame.RingState)
  case gateEnded(reason: String, retryMilliseconds: UInt64)
  case granted(Lease, seconds: UInt32, renewed: Bool, notes: Grant.Notes, refused: [DoorElement: Denial])
  /// What a grant would have opened for a user who is only observed.
  case observed(Lease, seconds: UInt32, notes: Grant.Notes)
  case refused(Refusal)
  case adopted(Lease, seconds: UInt32)
  case ended(Lease, Ending)
  case closeFailed(Lease, Denial)
  /// An operator closed all leases of a user.
  case revoked(Revocation)
  /// Another configuration is in force.
  case reloaded(generation: UInt32)
  /// A new configuration was not taken: the old one stays in force.
  case reloadRefused(reason: String)
  /// Somebody deleted this element of the lease, which ends with it or has others: never undone.
  case deleted(Lease, isOver: Bool, ForeignChange.Author)
  /// Somebody deleted these sets; so many leases wait for them to come back.
  case setsLost([String], leases: Int, ForeignChange.Author)
  /// Sets were made anew, and have their leases again.
  case restored([String], leases: Int, elements: Int, refused: [DoorElement: Denial], ForeignChange.Author)
  /// Packets of strangers since the last summary, by reason; never one line a packet.
  case strangers([Denial: UInt64])
  /// A flow came through a door.
  case session(Session)
  case sessionEnded(Session, Session.Ending, at: Timestamp)
  /// A knock starts an action.
  case run(Name, ActionCall)
  /// A program of an action has ended, or could not be started.
  case action(ActionResult)
  /// The service of a lease listens, or does so no more.
  case service(ActionResult, listens: Bool)
  case banned(Ban, seconds: UInt32)
  case unbanned(Ban, Ban.Ending)
  /// A suspect that is not banned.
  case banRefused(Refusal)
  case alarm(String)
  /// So many lines before this one could not be written.
  case auditLost(UInt64)
}
