// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import PosternPlatform
internal import PosternWire

/// One word of the command line with what it stands for, still unread by anything that makes sense of it.
enum PacketInput {
  case packet(PacketText)
  case file(name: String, bytes: [UInt8])

  /// The most that all files together may hold.
  static let maximumBytes = 256 << 20

  /// Reads files, up to `limit` bytes.
  init(_ word: String, limit: Int) throws(ExplainFailure) {
    if let packet = PacketText(word) {
      self = .packet(packet)
      return
    }
    let name = word == "-" ? "standard input" : word
    let file: OwnedDescriptor
    do throws(PlatformError) {
      file = word == "-" ? OwnedDescriptor(owning: dup(STDIN_FILENO)) : try BoundedFile.open(word)
    } catch {
      throw ExplainFailure("\(name): \(error)", exit: 66)
    }
    do throws(PlatformError) {
      self = .file(name: name, bytes: try BoundedFile.read(file, limit: limit))
    } catch {
      throw ExplainFailure("\(name): \(error)", exit: 65)
    }
  }

  /// All words in their order; none stand for standard input.
  static func all(_ words: [String]) throws(ExplainFailure) -> [PacketInput] {
    var left = maximumBytes
    var inputs: [PacketInput] = []
    for word in words.isEmpty ? ["-"] : words {
      let input = try PacketInput(word, limit: left)
      if case .file(_, let bytes) = input { left -= bytes.count }
      inputs.append(input)
    }
    return inputs
  }
}
