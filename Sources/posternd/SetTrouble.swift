// SPDX-License-Identifier: Apache-2.0
import PosternKeeper
import PosternKnock
import PosternSets
import PosternTables

/// Why nothing can be written into a set of a door.
enum SetTrouble: Error, Hashable, Sendable, CustomStringConvertible {
  case kernel(SetError)
  case misfit(SetMisfit)

  var denial: Denial {
    switch self {
    case .kernel(let error): error.denial
    case .misfit: .setUnsuited
    }
  }

  var description: String {
    switch self {
    case .kernel(let error): "\(error)"
    case .misfit(let misfit): "\(misfit)"
    }
  }
}

extension SetDefinition {
  /// How a door's keys are made in a set that is declared so.
  func layout(for entry: SetCatalog.Entry) -> Result<SetLayout, SetTrouble> {
    do throws(SetMisfit) {
      return .success(try layout(entry.family, key: entry.key, prefix: entry.prefix, data: entry.data))
    } catch {
      return .failure(.misfit(error))
    }
  }
}
