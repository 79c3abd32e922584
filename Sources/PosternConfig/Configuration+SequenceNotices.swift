// SPDX-License-Identifier: Apache-2.0

extension Configuration.ClientKey {
  /// What an observer can do with a sequence of this key; nil where he can do nothing.
  var sequenceNotice: String? {
    switch form {
    case .ports(let key): key.notice
    case .sadoor(let key): key.notice
    case .rolling(let key): key.notice
    case .spa, .fwknop, .knockd, .header, .doorman, .tumbler, .cd00r, .pasmal, .syn: nil
    }
  }
}

extension Configuration.PortsKey {
  fileprivate var notice: String? {
    let guess = needsSource ? "" : "; and without source-match one of 256 random sequences has a right sum"
    return switch form {
    case .sealed: nil
    case .legacy: "legacy-8 has no seal: whoever sees its ports can send them again after a day" + guess
    case .plain: "plain-8 is no secret: whoever sees its ports can make others" + guess
    }
  }
}

extension Configuration.SadoorKey {
  fileprivate var notice: String? {
    let old = isLegacy ? "legacy-blowfish has no seal: whoever holds a command back can change its letters" : nil
    let empty = takesEmptyCommand ? "empty-command opens to whoever has seen its packets" : nil
    let both = [old, empty].compactMap { $0 }
    return both.isEmpty ? nil : both.joined(separator: "; ")
  }
}

extension Configuration.RollingKey {
  fileprivate var notice: String? {
    bindsSource ? nil : "bind-source is off: whoever holds a sequence back can send it from his own address within its steps"
  }
}
