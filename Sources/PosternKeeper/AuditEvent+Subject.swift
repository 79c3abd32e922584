// SPDX-License-Identifier: Apache-2.0
package import PosternControl
import PosternKnock

extension AuditEvent {
  package var kind: EventKind {
    switch self {
    case .started: .start
    case .stopped: .stop
    case .gateReady(_, let ring): ring.isFenced ? .fence : .gateReady
    case .gateEnded: .gateRestart
    case .granted: .grant
    case .observed: .observed
    case .refused: .refusal
    case .adopted: .adopt
    case .ended: .leaseEnd
    case .closeFailed: .closeFailed
    case .revoked: .revoke
    case .reloaded: .reload
    case .reloadRefused: .reloadRefused
    case .deleted(_, let isOver, _): isOver ? .leaseEnd : .elementDeleted
    case .setsLost: .setsLost
    case .restored: .restore
    case .session: .session
    case .sessionEnded: .sessionEnd
    case .strangers: .strangers
    case .run: .run
    case .action: .action
    case .service: .service
    case .banned: .ban
    case .unbanned: .banEnd
    case .banRefused: .banRefused
    case .alarm: .alarm
    case .auditLost: .auditLost
    }
  }

  /// Whom and what the event is about, as far as that is known.
  struct Subject {
    var user: Name?
    var key: Name?
    var door: Name?
  }

  var subject: Subject {
    switch self {
    case .granted(let lease, _, _, _, _), .observed(let lease, _, _), .adopted(let lease, _), .ended(let lease, _),
      .closeFailed(let lease, _),
      .deleted(let lease, _, _):
      Subject(user: lease.comment.user, key: lease.comment.key, door: lease.comment.door)
    case .session(let session), .sessionEnded(let session, _, _):
      Subject(user: session.comment?.user, key: session.comment?.key, door: session.comment?.door)
    case .refused(let refusal): Subject(user: refusal.user, key: refusal.key, door: refusal.door)
    case .revoked(let revocation): Subject(user: revocation.user)
    case .run(_, let call): Subject(user: call.user, key: call.key, door: call.door)
    case .action(let result), .service(let result, _):
      Subject(user: result.call.user, key: result.call.key, door: result.call.door)
    case .started, .stopped, .gateReady, .gateEnded, .reloaded, .reloadRefused, .setsLost, .restored, .strangers, .alarm,
      .auditLost, .banned, .unbanned, .banRefused:
      Subject()
    }
  }
}
