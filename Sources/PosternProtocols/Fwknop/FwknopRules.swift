// SPDX-License-Identifier: Apache-2.0
internal import PosternKnock
internal import PosternTables
internal import PosternWire

/// What a key asks of its packets besides secrets, and what they prove.
struct FwknopRules: Hashable {
  let user: String
  let requiresAddress: Bool
  let allowsAnyAgent: Bool
  let strength: Strength

  init(_ credential: FwknopCredential) {
    user = credential.user
    requiresAddress = credential.requiresAddress
    allowsAnyAgent = credential.allowsAnyAgent
    strength = credential.codeKey.isEmpty ? .keyed : .authenticated
  }

  func denial(of message: FwknopMessage) -> Denial? {
    guard user.isEmpty || user == message.user else { return .userMismatch }
    guard !requiresAddress || message.address != .zero else { return .addressModeNotPermitted }
    return nil
  }

  /// A browser's request that happens to bear a knock is no client's.
  func denial(of form: FwknopBody.Form) -> Denial? {
    switch form {
    case .plain, .request(isFwknops: true): nil
    case .request(isFwknops: false): allowsAnyAgent ? nil : .wrongTransport
    }
  }
}
