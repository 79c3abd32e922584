// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternTables
package import PosternWire

/// What compiling needs of the world outside: key files and cryptography, supplied by the program.
package struct World {
  /// As long as a list of one-time sequences gets; far more than any other secret.
  package static let secretTextBytes = 65_536

  /// A path as it is when absolute, else below the directory of the file that names it.
  package var absolute: (_ path: String, _ file: String) -> String
  /// Reads the key file at an absolute path; the error's description follows "cannot read PATH: ".
  package var secret: (_ path: String) throws -> Bytes32
  /// Reads a private file of any content, without the line feed at its end: at most ``secretTextBytes``.
  package var secretText: (_ path: String) throws -> [UInt8]
  /// The X25519 public key of a private one; nil when it is none.
  package var publicKey: (_ private: Bytes32) -> Bytes32?
  /// Whether a key agreement comes about; not so for a public key of small order, which no gate could serve.
  package var agrees: (_ private: Bytes32, _ public: Bytes32) -> Bool
  /// The start of SHA-256("postern door v1" || name).
  package var doorID: (Name) -> DoorID
  package var sha256: ([UInt8]) -> Bytes32
  /// The id of a group of this host; nil where there is none of that name.
  package var groupID: (_ name: String) -> UInt32?
  /// The file of a time zone, by its name in the database of the host.
  package var zone: (_ name: String) throws -> [UInt8] = { _ in throw NoZones() }
  /// From when on zones are looked ahead.
  package var now = Timestamp.zero
  /// An account of this host with its groups; nil where there is none.
  package var account: (AccountName) -> RunnerProgram.Identity?

  package enum AccountName: Hashable, Sendable {
    case named(String)
    case number(UInt32)
  }

  package init(
    absolute: @escaping (_ path: String, _ file: String) -> String,
    secret: @escaping (_ path: String) throws -> Bytes32, secretText: @escaping (_ path: String) throws -> [UInt8],
    publicKey: @escaping (_ private: Bytes32) -> Bytes32?,
    agrees: @escaping (_ private: Bytes32, _ public: Bytes32) -> Bool, doorID: @escaping (Name) -> DoorID,
    sha256: @escaping ([UInt8]) -> Bytes32, groupID: @escaping (_ name: String) -> UInt32?,
    account: @escaping (AccountName) -> RunnerProgram.Identity? = { _ in nil }
  ) {
    self.absolute = absolute
    self.secret = secret
    self.secretText = secretText
    self.publicKey = publicKey
    self.agrees = agrees
    self.doorID = doorID
    self.sha256 = sha256
    self.groupID = groupID
    self.account = account
  }
}

/// The program has no time zones.
struct NoZones: Error, CustomStringConvertible {
  let description = "no database of zones"
}
