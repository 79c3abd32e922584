// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// Makes the packets of a knock that ``Cd00rReader`` takes.
package enum Cd00rEncoder {
  /// One SYN to each port. Plain attempts to connect do, and need no right.
  package static func steps(_ ports: [Port], pause: Timestamp.Span) -> [KnockStep] {
    ports.map { .connect($0.number, pause: pause) }
  }
}
