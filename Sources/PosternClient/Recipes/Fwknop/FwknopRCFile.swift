// SPDX-License-Identifier: Apache-2.0
internal import PosternPlatform

extension FwknopRC {
  /// Reads an rc file, which holds keys and must be its owner's alone.
  package init(path: String) throws(ClientError) {
    var bytes = try PrivateFile.read(path, limit: Self.maximumBytes)
    defer { bytes.wipe() }
    do throws(ProfileProblem) {
      try self.init(String(decoding: bytes, as: UTF8.self), file: path)
    } catch {
      throw .profile(error)
    }
  }
}
