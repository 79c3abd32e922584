// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A service behind a door, as the client of a lab meets it.
struct GuardedService {
  var lab: Lab
  /// What the client asks for, in both families.
  var addresses: [String]
  var port: UInt16
  var listener: Listener
  /// Nil for the user's default.
  var door: String? = nil
  /// Where the lease stands.
  var sets = ["door4", "door6"]

  /// A stranger learns nothing: dropped, not refused.
  func expectSilence(_ when: Comment) {
    for address in addresses { #expect(lab.answer(address, port) == .silence, when) }
  }

  /// Knocks for both families and waits for the lease.
  func knock() throws {
    try lab.sender().send(try lab.knock(lab.clientV4, lab.clientV6, door: door))
    try #require(Shell.wait { try sets.allSatisfy { try !lab.elements($0).isEmpty } }, "a lease in both families")
  }

  /// Streams over each family, from client to service.
  func connect() throws -> [(near: Connection, far: Connection)] {
    try addresses.map { (try Connection(from: lab.client, to: $0, port), try listener.next()) }
  }

  func waitForTheEnd() throws {
    #expect(try Shell.wait(seconds: 8) { try sets.allSatisfy { try lab.elements($0).isEmpty } }, "the kernel closes")
  }

  /// Closed, open after a knock, closed after the lease; what came in lives on in both directions. Answers those streams.
  @discardableResult
  func expectOneLease(whileOpen: () throws -> Void = {}) throws -> [(near: Connection, far: Connection)] {
    expectSilence("before the knock")
    try knock()
    let streams = try connect()
    try whileOpen()
    #expect(try sets.allSatisfy { try !lab.elements($0).isEmpty }, "the lease stood all the while")
    try waitForTheEnd()
    expectSilence("after the lease")
    for (near, far) in streams { #expect(near.reaches(far) && far.reaches(near), "the session lives on") }
    return streams
  }
}
