// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import PosternConfig

struct UserRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a user's file and the secrets that `user add` made for him.",
    discussion: "Whoever had his profile also has the admission secret: replace it when somebody leaves.")

  @OptionGroup var options: UserOptions

  func run() throws {
    try options.work { desk throws(UserError) in
      let (user, file) = (options.name, desk.file(of: options.name))
      let keys = try desk.text(of: user).secretFiles
      try desk.check(nil, of: user)
      try desk.remove(file)
      Terminal.show(["removed \(file)"])
      // Only what is named as we name it: whatever else the file points at may be somebody else's, too.
      let isOurs = { (key: (device: String, file: String)) in
        [UserDesk.presharedKeyFile(user, key.device), UserDesk.codeFile(user, key.device)].contains(key.file)
      }
      for key in keys where isOurs(key) {
        try desk.remove(desk.files.userDirectory + key.file)
        Terminal.show(["removed \(desk.files.userDirectory + key.file)"])
      }
      for key in keys where !isOurs(key) { Terminal.show(["left \(key.file)"]) }
    }
  }
}
