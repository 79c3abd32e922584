// SPDX-License-Identifier: Apache-2.0

/// The words on posternd's command line.
struct ServerOptions {
  static let usage = """
    usage: posternd [-c FILE] [-t] [--new-gateway]
      -c FILE         the configuration (default /etc/postern/postern.toml)
      -t              check the configuration, the sets, the groups and the host, and say what is missing
      --new-gateway   the gateway's key was never used before: the first replay ring needs no fence. Only for the very first start

    """

  var configuration = "/etc/postern/postern.toml"
  var checksOnly = false
  var isNewGateway = false

  /// Nil when the words are not understood.
  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-c":
        guard let file = rest.popFirst() else { return nil }
        configuration = file
      case "-t": checksOnly = true
      case "--new-gateway": isNewGateway = true
      default: return nil
      }
    }
  }
}
